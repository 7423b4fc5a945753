/** Who was, is or will be on call at a moment, and how that is known. */
import type { OncallConfig, ScheduleConfig } from '../../core/config/config.ts';
import type { JournalReader, StoredEvent } from '../../journal/port.ts';
import type { OncallRow } from '../report.ts';
import { onCallAt } from '../schedule.ts';
import { DUTY, type DutyState, dutyIn } from './duty-state.ts';

type Reader = Pick<JournalReader, 'aggregates' | 'eventsOf'>;

/** A row of `oncall --json`, with where it comes from. */
export type OncallAtRow = OncallRow & {
  /**
   * `recorded`: as the journal has it. `planned`: as the configuration and what people laid over it say now.
   * `configuration`: of the past, but before the record begins, so told by the configuration as it is now.
   */
  readonly source: 'recorded' | 'planned' | 'configuration';
  /** Since when and why, of what is recorded. */
  readonly since: string | null;
  readonly why: string | null;
  /** The bot was away then: who was on call is told by the rules that held, nobody was watched. */
  readonly blind: boolean;
};

/** Who is on call in every schedule at `at`: the future and now by the configuration, the past by the record. */
export async function readOncallAt(
  reader: Reader,
  config: OncallConfig,
  { at, now }: { readonly at: number; readonly now: number },
): Promise<OncallAtRow[]> {
  const known = at >= now ? [] : (await reader.aggregates<DutyState>(DUTY)).map(({ id }) => id);
  const names = [...new Set([...Object.keys(config.schedules), ...known.sort()])];
  const blind = at < now && (await wasAway(reader, at));
  const rows: OncallAtRow[] = [];
  for (const name of names) {
    const schedule = config.schedules[name];
    const events = at >= now ? [] : await reader.eventsOf(DUTY, name);
    const row = recordedRow(name, schedule, events, { at, now, blind });
    if (row !== null) rows.push(row);
    else if (schedule !== undefined) rows.push(plannedRow(name, schedule, at, at >= now ? 'planned' : 'configuration'));
  }
  return rows;
}

function recordedRow(
  name: string,
  schedule: ScheduleConfig | undefined,
  events: readonly StoredEvent[],
  { at, now, blind }: { readonly at: number; readonly now: number; readonly blind: boolean },
): OncallAtRow | null {
  const duties = events.map(({ data }) => dutyIn(data));
  const index = duties.findLastIndex(({ since }) => since <= at);
  const duty = duties[index];
  if (duty === undefined || (schedule === undefined && duty.people.length === 0)) return null;
  const then = duties[index + 1];
  const planned = schedule === undefined ? null : onCallAt(schedule, now);
  return {
    schedule: name,
    now: duty.people,
    until: iso(then?.since ?? planned?.until ?? null),
    next: then?.people ?? planned?.next ?? [],
    source: 'recorded',
    since: iso(duty.since),
    why: duty.why,
    blind,
  };
}

function plannedRow(
  name: string,
  schedule: ScheduleConfig,
  at: number,
  source: 'planned' | 'configuration',
): OncallAtRow {
  const { now, until, next } = onCallAt(schedule, at);
  return { schedule: name, now, until: iso(until), next, source, since: null, why: null, blind: false };
}

/** Whether no process ran at `at`, by what each start found. */
async function wasAway(reader: Reader, at: number): Promise<boolean> {
  const events = await reader.eventsOf('process', 'bot');
  return events.some((event) => {
    const { downSince } = event.data;
    return typeof downSince === 'number' && downSince < at && at < event.at;
  });
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
