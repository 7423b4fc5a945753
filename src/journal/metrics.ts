import { Counter, Gauge, Histogram } from 'prom-client';
import type { Clock } from '../core/clock.ts';
import type { Registry } from '../core/metrics.ts';
import type { Journal } from './port.ts';

const COMMIT_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];
const LATE_BUCKETS = [0.1, 0.5, 1, 5, 30, 60, 300, 900, 3600];

/** Everything the journal room counts; labels are names that the code gives, never foreign text. */
export type JournalMetrics = ReturnType<typeof createJournalMetrics>;

/** Registers the series `gianna_ops_inbox_*`, `gianna_ops_journal_*`, `gianna_ops_timers_*`, `gianna_ops_effects_*`. */
export function createJournalMetrics(registry: Registry) {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[]): Counter<L> =>
    new Counter({ name: `gianna_ops_${name}`, help, labelNames, registers });
  const histogram = (name: string, help: string, buckets: number[]): Histogram =>
    new Histogram({ name: `gianna_ops_${name}`, help, buckets, registers });
  return {
    appended: counter('journal_events_total', 'Events appended to the journal.', []),
    conflicts: counter('journal_conflicts_total', 'Batches decided on a stale version and decided again.', []),
    lost: counter('journal_failed_commits_total', 'Transactions that the database refused.', []),
    commitSeconds: histogram('journal_commit_seconds', 'Time of one group commit.', COMMIT_BUCKETS),
    refused: counter('inbox_refused_total', 'Rows not taken into the inbox, by reason.', ['reason']),
    handled: counter('inbox_handled_total', 'Inbox rows handled, by source and result.', ['source', 'result']),
    timersFired: counter('timers_fired_total', 'Timers carried out, by timer.', ['timer']),
    timersDropped: counter('timers_dropped_total', 'Timers that nobody wanted any more, by timer.', ['timer']),
    timersFailed: counter('timers_failed_total', 'Timers whose handling failed and is tried again, by timer.', [
      'timer',
    ]),
    timerLateSeconds: histogram('timers_late_seconds', 'How late timers were carried out.', LATE_BUCKETS),
    clockJumps: counter('timers_clock_jumps_total', 'Jumps of the wall clock against the monotonic one.', [
      'direction',
    ]),
    effectsEnded: counter('effects_ended_total', 'Effects ended, by kind and state.', ['kind', 'state']),
    effectsRecovered: counter('effects_recovered_total', 'Effects that a dead process left claimed, by kind.', [
      'kind',
    ]),
  };
}

/** Registers the gauges that are read from the journal when the metrics are asked for. */
export function observeJournal(registry: Registry, journal: Journal, clock: Clock): void {
  const registers = [registry];
  new Gauge({
    name: 'gianna_ops_inbox_waiting',
    help: 'Inbox rows that wait to be handled.',
    registers,
    collect() {
      this.set(journal.waitingCount());
    },
  });
  new Gauge({
    name: 'gianna_ops_inbox_parked',
    help: 'Inbox rows whose handling failed three times.',
    registers,
    collect() {
      this.set(journal.parkedCount());
    },
  });
  new Gauge({
    name: 'gianna_ops_inbox_oldest_waiting_seconds',
    help: 'Age of the oldest inbox row that waits; 0 when none does.',
    registers,
    async collect() {
      const since = await journal.oldestWaitingAt();
      this.set(since === null ? 0 : Math.max(0, clock.now() - since) / 1000);
    },
  });
  new Gauge({
    name: 'gianna_ops_journal_writable',
    help: '1 while the store takes writes; tried each time it is asked for.',
    registers,
    async collect() {
      this.set((await journal.writable()) ? 1 : 0);
    },
  });
  new Gauge({
    name: 'gianna_ops_journal_head_events',
    help: 'Number of the newest event of the journal.',
    registers,
    async collect() {
      this.set((await journal.head()).seq);
    },
  });
}
