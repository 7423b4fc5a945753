import { formatDuration } from '../../core/duration.ts';
import type { Desk } from '../listen/deps.ts';
import type { Asker } from './asker.ts';
import type { Laid } from './laid.ts';
import { instantOfMoment } from './moments.ts';
import { wallTimeOf } from './spans.ts';
import { zoneOfAsker } from './zone.ts';

/** What a person said of something laid over a schedule, by that person's own clock. */
export interface LaidAsked {
  /** The same as a command's arguments, and as fields of a form. */
  readonly args: Readonly<Record<string, string | number>>;
  readonly given: Readonly<Record<string, string>>;
  /** The length, when it was one that was said; null: an end, or nothing. */
  readonly seconds: number | null;
  /** How the times were read; empty: none was said. */
  readonly readAs: string;
}

/** Turns what was said into moments. The only schedule need not be named. */
export async function laidAsked({ schedule, from, span, reason }: Laid, asker: Asker, deps: Desk): Promise<LaidAsked> {
  const now = deps.clock.now();
  const zone = await zoneOfAsker(asker.userId, deps);
  const begin = from === null ? null : instantOfMoment(from, { now, after: now }, zone);
  const after = begin ?? now;
  const end = span?.kind === 'for' ? after + span.seconds * 1000 : span && instantOfMoment(span, { now, after }, zone);
  const texts = {
    ...named('schedule', schedule ?? onlySchedule(deps)),
    ...named('reason', reason),
  };
  const seconds = span?.kind === 'for' ? { seconds: span.seconds } : null;
  return {
    args: { ...texts, ...named('from', isoOf(begin)), ...(seconds ?? named('to', isoOf(end))) },
    given: { ...texts, ...named('from', secondsOf(begin)), ...named('to', secondsOf(end)) },
    seconds: seconds?.seconds ?? null,
    readAs: readAs({ now, begin, end }, zone),
  };
}

function onlySchedule({ config }: Pick<Desk, 'config'>): string | null {
  const [only, ...others] = Object.keys(config.current().oncall.schedules);
  return only === undefined || others.length > 0 ? null : only;
}

function readAs(times: { now: number; begin: number | null; end: number | null }, zone: string): string {
  const { now, begin, end } = times;
  if (begin === null && end === null) return '';
  const from = begin === null ? '' : `from ${wallTimeOf(begin, zone)}`;
  if (end === null) return `🕑 ${from}.`;
  const length = formatDuration((end - (begin ?? now)) / 1000);
  return `🕑 ${[from, length, `until ${wallTimeOf(end, zone)}`].filter((part) => part !== '').join(', ')}.`;
}

function named<K extends string>(name: K, value: string | null): { readonly [key in K]?: string } {
  return value === null ? {} : ({ [name]: value } as { readonly [key in K]?: string });
}

function isoOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

function secondsOf(at: number | null): string | null {
  return at === null ? null : String(Math.floor(at / 1000));
}
