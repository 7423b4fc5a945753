import { Counter } from 'prom-client';
import type { Registry } from '../core/metrics.ts';
import type { StoredEvent } from '../journal/port.ts';

export interface OncallMetrics {
  /** Counts an appended event of an escalation. */
  count(event: StoredEvent): void;
}

/** The series of this room, counted from the journal's events. */
export function createOncallMetrics(registry: Registry): OncallMetrics {
  const registers = [registry];
  const started = new Counter({
    name: 'gianna_ops_oncall_policies_started_total',
    help: 'Escalation policies started, by severity and reason.',
    labelNames: ['severity', 'reason'],
    registers,
  });
  const levels = new Counter({
    name: 'gianna_ops_oncall_levels_paged_total',
    help: 'Levels and repeats that asked for pages; late means more than five seconds after they fell due.',
    labelNames: ['late'],
    registers,
  });
  const stopped = new Counter({
    name: 'gianna_ops_oncall_policies_stopped_total',
    help: 'Escalations stopped, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const plain = (name: string, help: string) => new Counter({ name, help, registers });
  const exhausted = plain('gianna_ops_oncall_policies_exhausted_total', 'Policies whose last repeat found no owner.');
  const superseded = plain('gianna_ops_oncall_levels_superseded_total', 'Levels passed over by a higher one due too.');
  const unreachable = plain(
    'gianna_ops_oncall_levels_unreachable_total',
    'Levels that had to fall back to channel ops.',
  );
  const skipped = new Counter({
    name: 'gianna_ops_oncall_pages_skipped_total',
    help: 'Pages of the matrix that were not asked for, by reason and means.',
    labelNames: ['reason', 'means'],
    registers,
  });
  const closed = new Counter({
    name: 'gianna_ops_oncall_pages_closed_total',
    help: 'Pages that ended, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const next = new Counter({
    name: 'gianna_ops_oncall_next_means_total',
    help: 'Times a page that did not reach somebody went to the next means, by reason and by whether one was left.',
    labelNames: ['reason', 'left'],
    registers,
  });
  const strikes = new Counter({
    name: 'gianna_ops_oncall_ack_clock_strikes_total',
    help: 'Questions and pages after an acknowledgement, by step; late means more than five seconds after they fell due.',
    labelNames: ['step', 'late'],
    registers,
  });
  const called = new Counter({
    name: 'gianna_ops_oncall_calls_total',
    help: 'Pages that a person asked for beside the policy, by why.',
    labelNames: ['why'],
    registers,
  });
  return {
    count: ({ type, data }) => {
      if (type === 'escalation.started') started.inc({ severity: text(data.severity), reason: text(data.reason) });
      if (type === 'escalation.paged') levels.inc({ late: Number(data.lateSeconds) > 5 ? 'yes' : 'no' });
      if (type === 'ack.struck')
        strikes.inc({ step: text(data.step), late: Number(data.lateSeconds) > 5 ? 'yes' : 'no' });
      if (type === 'escalation.called') called.inc({ why: text(data.why) });
      if (type === 'escalation.stopped') stopped.inc({ reason: text(data.because) });
      if (type === 'escalation.exhausted') exhausted.inc();
      if (type === 'escalation.superseded') superseded.inc(listOf(data.steps).length);
      if (type === 'escalation.unreachable') unreachable.inc();
      if (type === 'page.next-means') {
        next.inc({ reason: text(data.why), left: listOf(data.next).length > 0 ? 'yes' : 'no' });
      }
      if (type === 'page.skipped') {
        for (const page of listOf(data.pages)) skipped.inc({ reason: text(data.reason), means: meansOf(page) });
      }
      if (/^page\.(sent|failed|unknown|superseded)$/.test(type)) closed.inc({ outcome: type.slice('page.'.length) });
    },
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : 'none';
}
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
function meansOf(page: unknown): string {
  return typeof page === 'object' && page !== null && 'means' in page ? text(page.means) : 'none';
}
