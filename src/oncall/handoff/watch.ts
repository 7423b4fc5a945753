import type { ConfigSource } from '../../core/config/config.ts';
import type { Batch, Journal, Timer, TimerChange } from '../../journal/port.ts';
import { beginning, endOf, ownBatch, shiftKey, stageTimer } from './change.ts';
import { briefAt, type ComingHandoff, nextHandoff } from './coming.ts';
import { HANDOFF, type HandoffState } from './handoff-state.ts';

/** Effects of this kind are briefs to be written. */
export const BRIEF = 'brief';
const SCHEDULE = 'schedule';
const PURPOSE = 'brief';
const NONE: ReadonlySet<string> = new Set();

export interface WatchDeps {
  readonly journal: Journal;
  /** The roster. */
  readonly config: ConfigSource;
}

/** Keeps one timer a schedule: when the brief of its next handoff is due. */
export function createWatch({ journal, config }: WatchDeps) {
  /** The next one that is not told yet; `freed`: shifts whose telling is being taken back. */
  async function nextUntold(
    name: string,
    after: number,
    freed: ReadonlySet<string> = NONE,
  ): Promise<ComingHandoff | null> {
    let coming = nextHandoff(config.current().oncall, name, after);
    while (coming !== null && (await isTold(shiftKey(coming), freed))) {
      coming = nextHandoff(config.current().oncall, name, coming.at);
    }
    return coming;
  }

  async function isTold(key: string, freed: ReadonlySet<string>): Promise<boolean> {
    return !freed.has(key) && (await journal.aggregateByKey(HANDOFF, key)) !== null;
  }

  function timerOf(name: string, coming: ComingHandoff | null): TimerChange {
    const schedule = config.current().oncall.schedules[name];
    if (coming === null || schedule === undefined) return { op: 'cancel', kind: SCHEDULE, id: name, purpose: PURPOSE };
    const data = { at: coming.at };
    return { op: 'set', kind: SCHEDULE, id: name, purpose: PURPOSE, dueAt: briefAt(schedule, coming), data };
  }

  return {
    /** The timers of these schedules as they should be; those that are overdue already stay. */
    timers: async (names: readonly string[], now: number, freed: ReadonlySet<string>): Promise<TimerChange[]> => {
      const changes: TimerChange[] = [];
      for (const name of names) {
        const [set] = await journal.timersOf(SCHEDULE, name);
        if (set !== undefined && set.dueAt <= now) continue;
        const wanted = timerOf(name, await nextUntold(name, now, freed));
        if ((wanted.op === 'set' ? wanted.dueAt : undefined) !== set?.dueAt) changes.push(wanted);
      }
      return changes;
    },
    /** The brief is due: tells of the handoff, also of one that passed while nobody was here. */
    brief: async ({ id: name, data }: Timer, now: number): Promise<Batch | null> => {
      const schedule = config.current().oncall.schedules[name];
      if (schedule === undefined) return null;
      const coming = await nextUntold(name, Math.min(now, Number(data.at) - 1));
      if (coming === null) return null;
      if (briefAt(schedule, coming) > now) return ownBatch(now, { timers: [timerOf(name, coming)] });
      const change = beginning(await journal.nextNumber(HANDOFF), coming);
      const following = nextHandoff(config.current().oncall, name, coming.at);
      return ownBatch(now, {
        aggregates: [change],
        timers: [timerOf(name, following), stageTimer(change.id, firstStage(change.state))],
        effects: [
          {
            op: 'ask',
            key: `${BRIEF}|${change.id}`,
            kind: BRIEF,
            incident: null,
            data: { handoff: change.id },
          },
        ],
      });
    },
  };
}

function firstStage(state: HandoffState) {
  return state.status === 'waiting' ? ({ at: state.at, stage: 'begun' } as const) : endOf(state);
}
