import { DAY_MS } from '../../core/wall-time.ts';
import { askNotice } from '../../journal/notice.ts';
import type { Batch } from '../../journal/port.ts';
import { type CalendarPlace, sourceText } from './places.ts';

const STALE_MS = DAY_MS;

interface Failing {
  /** Null: it was never read. */
  readonly readAt: number | null;
  readonly why: string;
  readonly now: number;
}

export interface StaleNotice {
  /** The day of the trouble that it is told on: the same all day. */
  readonly day: string;
  readonly notice: Required<Pick<Batch, 'effects' | 'payloads'>>;
}

/** The word to channel ops that a calendar was not read for a day, once a day; null: it is young enough. */
export function staleNotice(place: CalendarPlace, { readAt, why, now }: Failing): StaleNotice | null {
  if (readAt !== null && now - readAt < STALE_MS) return null;
  const what = `the ${sourceText(place.layer)} of schedule ${place.schedule}`;
  const since = readAt === null ? null : `${new Date(readAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const holds =
    since === null
      ? 'It was never read: the layers beneath it count.'
      : `Who is on call is as it said at ${since}; that copy holds until it can be read again.`;
  const day = `${readAt ?? 'never'}|${Math.floor((now - (readAt ?? 0)) / DAY_MS)}`;
  const notice = askNotice(`calendar|${place.key}|${day}`, {
    to: { channel: 'ops' },
    title: since === null ? `I cannot read ${what}` : `I have not been able to read ${what} since ${since}`,
    lines: [`Why: ${why}.`, holds],
  });
  return { day, notice };
}
