import { dirname, join } from 'node:path';
import type { Config, OncallConfig } from '../../core/config/config.ts';
import { DAY_MS } from '../../core/wall-time.ts';
import type { Span } from '../coverage.ts';
import { type CalendarCopies, createCopies } from './copies.ts';
import { fetchCalendar } from './fetch.ts';
import { type CalendarPlace, calendarsIn, laySpans } from './places.ts';
import { readIcs } from './read-ics.ts';
import { type CalendarRead, spansOf } from './spans.ts';

const BACK_MS = 30 * DAY_MS;
const AHEAD_MS = 400 * DAY_MS;

/** The span for which a calendar is read at `now`. */
export function calendarSpan(now: number): Span {
  return { from: now - BACK_MS, to: now + AHEAD_MS };
}

/** Reads the bytes of a calendar; throws CALENDAR_UNREADABLE. */
export async function readCalendar(
  bytes: Uint8Array,
  { zone }: Pick<CalendarPlace, 'zone'>,
  people: OncallConfig['people'],
  now: number,
): Promise<CalendarRead> {
  const span = calendarSpan(now);
  return spansOf(await readIcs(bytes, { zone, span }), people, span);
}

/** The last good copy, read; null when there is none or it is good no longer. */
export async function readCopy(
  copies: Pick<CalendarCopies, 'load'>,
  place: CalendarPlace,
  people: OncallConfig['people'],
  now: number,
): Promise<(CalendarRead & { readonly readAt: number }) | null> {
  try {
    const copy = await copies.load(place.key);
    return copy === null ? null : { ...(await readCalendar(copy.bytes, place, people, now)), readAt: copy.readAt };
  } catch {
    return null;
  }
}

export interface CalendarFolders {
  readonly configDir: string;
  /** Where the last good copies lie. */
  readonly copies: string;
}

export function foldersOf(configDir: string, databaseFile: string): CalendarFolders {
  return { configDir, copies: join(dirname(databaseFile), 'calendars') };
}

/** Without a bot: the configuration with each calendar as its file says now, else as its last good copy says. */
export async function layCalendars(config: Config, folders: CalendarFolders, now: number): Promise<Config> {
  const copies = createCopies(folders.copies);
  const { people } = config.oncall;
  const spans = new Map<string, CalendarRead['spans']>();
  for (const place of calendarsIn(config.oncall)) {
    const read = (await readFileNow(place, folders, people, now)) ?? (await readCopy(copies, place, people, now));
    spans.set(place.key, read?.spans ?? []);
  }
  return spans.size === 0 ? config : { ...config, oncall: laySpans(config.oncall, (key) => spans.get(key) ?? []) };
}

async function readFileNow(
  place: CalendarPlace,
  { configDir }: CalendarFolders,
  people: OncallConfig['people'],
  now: number,
): Promise<CalendarRead | null> {
  const { source } = place.layer;
  if (!('file' in source)) return null;
  try {
    return await readCalendar(await fetchCalendar(source, configDir), place, people, now);
  } catch {
    return null;
  }
}
