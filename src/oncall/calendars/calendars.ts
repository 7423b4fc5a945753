/**
 * Calendars as layers of schedules. In: the configuration, ICS files and addresses. Out: a configuration whose calendar
 * layers hold who is on call when. Asking it reads nothing: calendars are read at the start and from time to time, each
 * by a process of its own, and the last good copy holds while one cannot be read.
 */
import type { Clock } from '../../core/clock.ts';
import type { Config, ConfigSource } from '../../core/config/config.ts';
import { OpsError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Registry } from '../../core/metrics.ts';
import type { Journal } from '../../journal/port.ts';
import { type CalendarCopies, createCopies } from './copies.ts';
import { fetchCalendar } from './fetch.ts';
import { observeCalendars } from './metrics.ts';
import { type CalendarPlace, calendarsIn, laySpans } from './places.ts';
import { type CalendarFolders, readCalendar, readCopy } from './read-calendar.ts';
import type { CalendarRead } from './spans.ts';
import { staleNotice } from './stale-notice.ts';

const LOOK_EVERY_MS = 60_000;

export interface CalendarsDeps {
  readonly config: ConfigSource;
  readonly journal: Pick<Journal, 'append'>;
  readonly folders: CalendarFolders;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Registry;
}

export interface Calendars extends ConfigSource {
  /** Reads on from now; `changed` is called when a calendar says something else. */
  start(changed: () => Promise<void>): void;
  /** Another configuration is in force: reads what it names anew. */
  reloaded(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when nothing is being read. */
  idle(): Promise<void>;
}

/** What is known of one calendar. */
interface Known extends Pick<CalendarRead, 'spans'> {
  /** Null: it was never read. */
  readonly readAt: number | null;
  readonly triedAt: number;
  readonly why: string | null;
}

/** Lays in the last good copies, and files as they are; addresses are asked once it is started. */
export async function createCalendars(deps: CalendarsDeps): Promise<Calendars> {
  const { config, folders, clock, logger } = deps;
  const copies: CalendarCopies = createCopies(folders.copies);
  const known = new Map<string, Known>();
  const told = new Map<string, string>();
  let laid: { base: Config; config: Config } | null = null;
  let work: Promise<unknown> = Promise.resolve();
  let cancel: () => void = () => undefined;
  let isStopped = false;

  const set = (key: string, next: Known) => {
    const isSame = JSON.stringify(known.get(key)?.spans ?? []) === JSON.stringify(next.spans);
    known.set(key, next);
    if (!isSame) laid = null;
    return !isSame;
  };

  async function loadCopies(): Promise<void> {
    const { oncall } = config.current();
    for (const place of calendarsIn(oncall)) {
      if (known.has(place.key)) continue;
      const copy = await readCopy(copies, place, oncall.people, clock.now());
      set(place.key, { spans: copy?.spans ?? [], readAt: copy?.readAt ?? null, triedAt: 0, why: null });
    }
  }

  /** Whether the calendar says something else now. */
  async function refresh(place: CalendarPlace): Promise<boolean> {
    const { key, layer } = place;
    const { people } = config.current().oncall;
    const now = clock.now();
    try {
      const bytes = await fetchCalendar(layer.source, folders.configDir);
      const { spans, unmatched } = await readCalendar(bytes, place, people, now);
      await copies.keep(key, { bytes, readAt: now }).catch((error: unknown) => {
        logger.error({ err: error, schedule: place.schedule }, 'a calendar could not be kept beside the database');
      });
      const isNew = set(key, { spans, readAt: now, triedAt: now, why: null });
      const facts = { schedule: place.schedule, spans: spans.length, unmatched: unmatched.length };
      if (isNew) logger.info(facts, 'a calendar says something else');
      return isNew;
    } catch (error) {
      const why = error instanceof OpsError ? error.message : 'the reading itself failed';
      logger.warn({ schedule: place.schedule, why, err: error }, 'a calendar could not be read, its last copy holds');
      const copy = await readCopy(copies, place, people, now);
      const before = known.get(key);
      const spans = copy?.spans ?? before?.spans ?? [];
      return set(key, { spans, readAt: copy?.readAt ?? before?.readAt ?? null, triedAt: now, why });
    }
  }

  async function refreshDue(isDue: (place: CalendarPlace) => boolean): Promise<boolean> {
    let isChanged = false;
    for (const place of calendarsIn(config.current().oncall)) {
      if (isStopped) break;
      if (isDue(place)) isChanged = (await refresh(place)) || isChanged;
      await tellIfStale(place);
    }
    return isChanged;
  }

  async function tellIfStale(place: CalendarPlace): Promise<void> {
    const { readAt = null, why = null } = known.get(place.key) ?? {};
    const now = clock.now();
    const asked = why === null ? null : staleNotice(place, { readAt, why, now });
    if (asked === null || told.get(place.key) === asked.day) return;
    const { effects, payloads } = asked.notice;
    await deps.journal.append({ at: now, actor: 'auto', effects, payloads });
    told.set(place.key, asked.day);
  }

  const isDue = ({ key, layer }: CalendarPlace) =>
    clock.now() - (known.get(key)?.triedAt ?? 0) >= layer.everySeconds * 1000;
  const run = (task: () => Promise<unknown>) => {
    work = work.then(task).catch((error: unknown) => logger.error({ err: error }, 'calendars could not be looked at'));
    return work;
  };

  const look = (changed: () => Promise<void>) => {
    cancel = clock.after(LOOK_EVERY_MS, () => look(changed));
    void run(async () => {
      if (await refreshDue(isDue)) await changed();
    });
  };

  await loadCopies();
  await refreshDue(({ layer }) => 'file' in layer.source);
  observeCalendars(deps.metrics, () => {
    return calendarsIn(config.current().oncall).map(({ schedule, key }) => {
      const readAt = known.get(key)?.readAt ?? null;
      return { schedule, ageSeconds: readAt === null ? Infinity : (clock.now() - readAt) / 1000 };
    });
  });
  return {
    current: () => {
      const base = config.current();
      if (laid?.base !== base) {
        const oncall = laySpans(base.oncall, (key) => known.get(key)?.spans ?? []);
        laid = { base, config: oncall === base.oncall ? base : { ...base, oncall } };
      }
      return laid.config;
    },
    start: look,
    reloaded: async () => {
      await run(async () => {
        await loadCopies();
        await refreshDue(() => true);
      });
    },
    stop: async () => {
      isStopped = true;
      cancel();
      await work;
    },
    idle: async () => {
      await work;
    },
  };
}
