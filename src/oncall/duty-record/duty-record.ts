/**
 * The record of who is on call. In: the roster, its own timer at each next handoff, the journal (an override, a reloaded
 * configuration), the start. Out: `duty.changed` events, so that "who was on call then" is answered by what held then.
 */
import type { DescribeEvent } from '../../alerts/change.ts';
import type { Clock } from '../../core/clock.ts';
import type { ConfigSource } from '../../core/config/config.ts';
import type { Logger } from '../../core/logger.ts';
import { decideUntilAppended } from '../../journal/decide.ts';
import type { Batch, Journal, StoredEvent, Timer, TimerChange } from '../../journal/port.ts';
import type { OncallPart } from '../part.ts';
import { type DutyCause, decideDuty } from './decide-duty.ts';
import { DUTY, type DutyState, dutyChanged, dutyIn } from './duty-state.ts';

const PURPOSE = 'handoff';

export interface DutyRecordDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface DutyRecord extends OncallPart {
  readonly timers: { readonly 'duty.handoff': (timer: Timer, now: number) => Promise<Batch | null> };
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Resolves when what was noticed is recorded. */
  idle(): Promise<void>;
}

/** Keeps the record of every schedule. */
export function createDutyRecord({ journal, config, clock, logger }: DutyRecordDeps): DutyRecord {
  let seen = config.current();
  let work: Promise<void> = Promise.resolve();
  let isStarted = false;
  const notice = () => {
    const current = config.current();
    if (!isStarted || current === seen) return;
    const cause = current.version === seen.version ? 'override' : 'configuration';
    seen = current;
    work = work.then(() => recordAll(cause));
  };
  const stopListening = journal.onChange(notice);

  async function recordAll(cause: DutyCause): Promise<void> {
    try {
      const known = await journal.aggregates<DutyState>(DUTY);
      const names = new Set([...Object.keys(config.current().oncall.schedules), ...known.map(({ id }) => id)]);
      for (const name of names) await decideUntilAppended(journal, () => look(name, clock.now(), cause));
    } catch (error) {
      logger.error({ err: error }, 'who is on call could not be recorded');
    }
  }

  /** null: the record holds, and is looked at again when it should be. */
  async function look(name: string, now: number, cause: DutyCause): Promise<Batch | null> {
    const { oncall, version } = config.current();
    const row = await journal.aggregate<DutyState>(DUTY, name);
    const [set] = await journal.timersOf(DUTY, name);
    const asked = { now, cause, version, lookAt: set?.dueAt ?? null };
    const { changes, lookAt } = decideDuty(row?.state ?? null, oncall.schedules[name], asked);
    const timers = asked.lookAt === lookAt ? [] : [timerChange(name, lookAt)];
    const state = changes.at(-1);
    if (state === undefined) return timers.length === 0 ? null : { at: now, actor: 'auto', timers };
    logger.info({ schedule: name, people: state.people, why: state.why }, 'who is on call has changed');
    const events = changes.map((change) => dutyChanged(change, now));
    const change = { kind: DUTY, id: name, expected: row?.version ?? 0, key: null, state, events };
    return { at: now, actor: 'auto', aggregates: [change], timers };
  }

  return {
    timers: {
      'duty.handoff': async ({ id }, now) => (await look(id, now, 'time')) ?? { at: now, actor: 'auto' },
    },
    describe: describeDuty,
    reloaded: async () => {
      notice();
      await work;
    },
    start: async () => {
      isStarted = true;
      seen = config.current();
      await recordAll('time');
    },
    stop: async () => {
      stopListening();
      await work;
    },
    idle: () => work,
  };
}

function timerChange(id: string, lookAt: number | null): TimerChange {
  const timer = { kind: DUTY, id, purpose: PURPOSE };
  return lookAt === null ? { op: 'cancel', ...timer } : { op: 'set', ...timer, dueAt: lookAt, data: {} };
}

/** For the report of a restart: a record belongs to no incident. */
const describeDuty: DescribeEvent = ({ kind, id, data }: StoredEvent, _texts, nameOf = (key) => key) => {
  if (kind !== DUTY) return null;
  const { people, since } = dutyIn(data);
  const who =
    people.length === 0 ? 'nobody is' : `${people.map(nameOf).join(', ')} ${people.length === 1 ? 'is' : 'are'}`;
  return `${who} on call in ${id} since ${new Date(since).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
};
