import type { CalendarSpan, OncallConfig } from '../../core/config/config.ts';
import { DAY_MS, instantOf, labelAt } from '../../core/wall-time.ts';
import type { Span } from '../coverage.ts';
import { peopleIn } from './people-in.ts';
import type { IcsEvent } from './read-ics.ts';

/** An event whose person is not in oncall.yml, by its first time in the span. */
export interface Unmatched {
  readonly summary: string;
  readonly at: number;
}

/** What a calendar comes to. */
export interface CalendarRead {
  readonly spans: readonly CalendarSpan[];
  readonly unmatched: readonly Unmatched[];
}

/** Who is on call when by the events of a calendar. Where events meet their people are on call together. */
export function spansOf(events: readonly IcsEvent[], people: OncallConfig['people'], within: Span): CalendarRead {
  const times: CalendarSpan[] = [];
  const unmatched: Unmatched[] = [];
  for (const event of events) {
    const own = peopleIn(event, people);
    for (const at of event.starts) {
      const to = endOf(event, at);
      if (to <= within.from || at >= within.to || to <= at) continue;
      if (own.length > 0) times.push({ from: at, to, people: own });
      else if (unmatched.at(-1)?.summary !== event.summary) unmatched.push({ summary: event.summary, at });
    }
  }
  return { spans: flatten(times), unmatched };
}

/** An event lasts as long by the clock of its zone every time: a week from Monday 09:00 ends on Monday at 09:00. */
function endOf({ zone, isDay, from, to }: IcsEvent, at: number): number {
  if (/^[+-]/.test(zone)) return at + to - from;
  const length = labelAt(zone, to) - labelAt(zone, from);
  // an end that is not written is 24 hours after the begin, whatever that day's length
  return instantOf(zone, labelAt(zone, at) + (isDay ? Math.round(length / DAY_MS) * DAY_MS : length));
}

interface Edge {
  readonly at: number;
  readonly person: string;
  readonly step: 1 | -1;
}

/** Spans in order that do not meet; neighbours with the same people are one. */
function flatten(times: readonly CalendarSpan[]): CalendarSpan[] {
  const edges = times.flatMap(({ from, to, people }): Edge[] =>
    people.flatMap((person): Edge[] => [
      { at: from, person, step: 1 },
      { at: to, person, step: -1 },
    ]),
  );
  edges.sort((one, other) => one.at - other.at);
  const counts = new Map<string, number>();
  const spans: CalendarSpan[] = [];
  let since = 0;
  for (const { at, person, step } of edges) {
    if (at > since) add(spans, since, at, counts);
    since = at;
    counts.set(person, (counts.get(person) ?? 0) + step);
  }
  return spans;
}

function add(spans: CalendarSpan[], from: number, to: number, counts: ReadonlyMap<string, number>): void {
  const people = [...counts].flatMap(([person, count]) => (count > 0 ? [person] : [])).sort();
  const last = spans.at(-1);
  if (people.length === 0) return;
  if (last?.to === from && last.people.join() === people.join()) spans.splice(-1, 1, { ...last, to });
  else spans.push({ from, to, people });
}
