/**
 * What happens once a day or a week. In: jobs that name their next slot; out: one effect of kind `report` a slot,
 * whatever restarts and clocks do. The slot is taken in the journal, in the same batch that moves its timer and asks
 * for the report; one that passed while nobody was here is taken once, late, and says so.
 */
import type { Clock } from '../core/clock.ts';
import type { Evolvers } from './evolver.ts';
import type { Batch, Journal, StoredEvent, Timer, TimerChange } from './port.ts';

/** A moment of a job, and what it is called: its date, so that it cannot come twice. */
export interface Slot {
  readonly name: string;
  /** Epoch ms. */
  readonly at: number;
}

export interface SlotJob {
  /** Names the job for ever: `daily-digest`. */
  readonly id: string;
  /** The first slot after `after` by the configuration in force; null: it is switched off. */
  next(after: number): Promise<Slot | null>;
}

/** The aggregate of kind `slot`, one a job. */
export type SlotState = {
  readonly id: string;
  /** Name of the slot taken last. */
  readonly slot: string;
  readonly takenAt: number;
};

/** What an effect of kind `report` carries. */
export type ReportRequest = {
  /** Id of the job. */
  readonly report: string;
  readonly slot: string;
  /** When the slot was, and when it was taken. */
  readonly dueAt: number;
  readonly until: number;
  /** When the one before it was taken; null: it is the first. */
  readonly since: number | null;
  /** Slots that passed before this one while nobody was here. */
  readonly missed: number;
};

export interface Slots {
  readonly timers: { readonly 'slot.take': (timer: Timer, now: number) => Promise<Batch | null> };
  /** Sets each job's timer to its next slot; asked at the start and after each change of the configuration. */
  arm(): Promise<void>;
}

/** Effects of this kind are reports to be written. */
export const REPORT = 'report';
const KIND = 'slot';
const PURPOSE = 'take';
/** Of a job that was away for years. */
const MOST_MISSED = 1000;

/** Keeps the slots of these jobs. */
export function createSlots(deps: { journal: Journal; clock: Clock; jobs: readonly SlotJob[] }): Slots {
  const { journal, clock, jobs } = deps;
  const load = (id: string) => journal.aggregate<SlotState>(KIND, id);

  async function take(timer: Timer, now: number): Promise<Batch | null> {
    const job = jobs.find(({ id }) => id === timer.id);
    if (job === undefined || (await job.next(now)) === null) return null;
    const row = await load(job.id);
    const { slot, missed } = await latestOf(job, { name: String(timer.data.slot), at: timer.dueAt }, now);
    const next = await nextUntaken(job, slot.name, now);
    const timers = [timerOf(job.id, next)];
    if (row?.state.slot === slot.name) return { at: now, actor: 'auto', timers };
    const since = row?.state.takenAt ?? null;
    const data = { slot: slot.name, dueAt: slot.at, since, until: now, missed };
    const state: SlotState = { id: job.id, slot: slot.name, takenAt: now };
    const event = { type: 'slot.taken', v: 1, data };
    const request: ReportRequest = { report: job.id, ...data };
    return {
      at: now,
      actor: 'auto',
      aggregates: [{ kind: KIND, id: job.id, expected: row?.version ?? 0, key: null, state, events: [event] }],
      timers,
      effects: [{ op: 'ask', key: `${REPORT}|${job.id}|${slot.name}`, kind: REPORT, incident: null, data: request }],
    };
  }

  async function arm(): Promise<void> {
    const now = clock.now();
    const timers: TimerChange[] = [];
    for (const job of jobs) {
      const [set] = await journal.timersOf(KIND, job.id);
      const next = await nextUntaken(job, (await load(job.id))?.state.slot ?? null, now);
      // What fell due while nobody was here is taken late, not forgotten.
      const isOverdue = set !== undefined && set.dueAt <= now && next !== null;
      if (isOverdue || (set?.dueAt ?? null) === (next?.at ?? null)) continue;
      timers.push(timerOf(job.id, next));
    }
    if (timers.length > 0) await journal.append({ at: now, actor: 'auto', timers });
  }

  return { timers: { 'slot.take': take }, arm };
}

/** Folds stored events of slots, for `journal verify --state`. */
export const slotEvolvers = {
  [KIND]: (_state: SlotState | null, event: StoredEvent): SlotState => {
    return { id: event.id, slot: String(event.data.slot), takenAt: Number(event.data.until) };
  },
} satisfies Evolvers;

/** Of the slots that have passed by `now` the latest, and how many came before it. */
async function latestOf(job: SlotJob, first: Slot, now: number): Promise<{ slot: Slot; missed: number }> {
  let slot = first;
  for (let missed = 0; missed < MOST_MISSED; missed += 1) {
    const next = await job.next(slot.at);
    if (next === null || next.at > now) return { slot, missed };
    slot = next;
  }
  return { slot, missed: MOST_MISSED };
}

/** The next slot; never the one taken already, to whose date a changed time of day may lead again. */
async function nextUntaken(job: SlotJob, taken: string | null, now: number): Promise<Slot | null> {
  const next = await job.next(now);
  return next !== null && next.name === taken ? job.next(next.at) : next;
}

function timerOf(id: string, next: Slot | null): TimerChange {
  if (next === null) return { op: 'cancel', kind: KIND, id, purpose: PURPOSE };
  return { op: 'set', kind: KIND, id, purpose: PURPOSE, dueAt: next.at, data: { slot: next.name } };
}
