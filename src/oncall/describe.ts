import type { DescribeEvent } from '../alerts/change.ts';
import { formatDuration } from '../core/duration.ts';
import type { JsonObject } from '../core/json.ts';
import type { StoredEvent } from '../journal/port.ts';

/** The timeline's words for the events of escalations and pages; people by their keys. */
export const describeEscalation: DescribeEvent = (event) => {
  if (event.kind !== 'escalation') return null;
  const { data } = event;
  switch (event.type) {
    case 'escalation.started':
      return data.reason === 'opened'
        ? null
        : `Escalation starts again for ${word(data.severity)} (${word(data.reason)})`;
    case 'escalation.paged':
      return paged(data);
    case 'escalation.scheduled':
      return scheduled(data);
    case 'escalation.superseded':
      return `${stepsText(data.steps)} passed over: a higher one was due too`;
    case 'escalation.unreachable':
      return `Level ${word(data.level)} reached nobody by its own means: told channel ops instead`;
    case 'escalation.exhausted':
      return 'Escalation exhausted: nobody has acknowledged after the last repeat';
    case 'escalation.stopped':
      return data.because === 'recovered' ? 'Pages stopped: every alert has ended' : null;
    case 'escalation.resumed':
      return `Escalation goes on at level ${word(data.level)}`;
    case 'page.skipped':
      return skipped(data);
    case 'page.failed':
      return `Page to ${receivers(data)} by ${word(data.means)} failed: ${word(data.error)}`;
    case 'page.superseded':
      return `Page to ${receivers(data)} by ${word(data.means)} (level ${word(data.level)}) not sent: superseded by a newer one`;
    case 'page.unknown':
      return `Page to ${receivers(data)} by ${word(data.means)}: not known whether it arrived`;
    default:
      return null;
  }
};

function paged(data: JsonObject): string {
  const round = Number(data.round) > 0 ? `, repeat ${word(data.round)}` : '';
  const late = Number(data.lateSeconds);
  const lateness = late > 5 ? `, late by ${formatDuration(late)}` : '';
  return `Paged ${receivers(data)} (level ${word(data.level)}${round}${lateness})`;
}

function scheduled(data: JsonObject): string | null {
  const next = data.next as { at: number; deferred: boolean } | undefined;
  if (next === undefined || !next.deferred) return null;
  return `Out of hours: the first page waits until ${isoMinute(next.at)}`;
}

const REASONS: Readonly<Record<string, string>> = {
  'not-built': 'this means is not available yet',
  'not-applicable': 'no address for this means',
  'nobody-on-call': 'nobody is on call',
};

function skipped(data: JsonObject): string {
  const pages = Array.isArray(data.pages) ? (data.pages as ReadonlyArray<Record<string, string | null>>) : [];
  const means = new Map<string, string[]>();
  for (const page of pages) {
    const who = page.person ?? page.target ?? '?';
    means.set(who, [...(means.get(who) ?? []), page.means ?? '?']);
  }
  const list = [...means].map(([who, by]) => `${who} by ${[...new Set(by)].join(', ')}`);
  return `Not paged: ${list.join('; ')} (${REASONS[String(data.reason)] ?? word(data.reason)})`;
}

function stepsText(steps: unknown): string {
  const list = Array.isArray(steps) ? (steps as ReadonlyArray<{ level: number; round: number }>) : [];
  return list
    .map(({ level, round }) => (round > 0 ? `Repeat ${round} of level ${level}` : `Level ${level}`))
    .join(', ');
}

function receivers(data: JsonObject): string {
  const names = [data.people, data.targets].flatMap((list) => (Array.isArray(list) ? list : []));
  return names.length === 0 ? 'nobody' : names.join(', ');
}

function isoMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function word(value: StoredEvent['data'][string]): string {
  return value === null || value === undefined ? '?' : String(value);
}
