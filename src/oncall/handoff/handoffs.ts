/**
 * Shifts change hands when the next person accepts. In: the schedules, time, `handoff-accept`. Out: briefs and words to
 * both, and an aggregate `HND-<n>` that the roster lays over the schedule as long as nobody has accepted.
 */
import { Counter } from 'prom-client';
import { joinBatchParts } from '../../alerts/change.ts';
import type { Clock } from '../../core/clock.ts';
import type { ConfigSource } from '../../core/config/config.ts';
import type { Logger } from '../../core/logger.ts';
import type { Registry } from '../../core/metrics.ts';
import { decideUntilAppended } from '../../journal/decide.ts';
import type { EffectExecutor } from '../../journal/effects.ts';
import { askNotice } from '../../journal/notice.ts';
import type { Journal } from '../../journal/port.ts';
import type { OncallPart } from '../part.ts';
import { createAccept } from './accept.ts';
import { type BriefFacts, type BriefRequest, briefFor, noteFor } from './brief.ts';
import { ownBatch, shiftKey } from './change.ts';
import { describeHandoff } from './describe.ts';
import { HANDOFF, type HandoffState } from './handoff-state.ts';
import type { Telling } from './notices.ts';
import { createStages } from './stages.ts';
import { BRIEF, createWatch } from './watch.ts';
import { isWithdrawn, withdraw } from './withdraw.ts';

export interface HandoffsDeps {
  readonly journal: Journal;
  /** The roster. */
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly facts: (now: number) => Promise<BriefFacts>;
  readonly nameOf: (person: string) => string;
}

/** Events after which the next handoffs may be others. */
const MOVES_SHIFTS = /^override\./;

export function createHandoffs(deps: HandoffsDeps): OncallPart {
  const { journal, config, clock, logger } = deps;
  const telling: Telling = {
    nameOf: deps.nameOf,
    zoneOf: (person) =>
      config.current().oncall.people[person]?.timezone ?? config.current().oncall.businessTime.timezone,
  };
  const watch = createWatch({ journal, config });
  countHandoffs(deps);
  let stopListening: () => void = () => undefined;

  /** Sets the timers anew, and takes back what was told and does not hold any more. */
  async function arm(): Promise<void> {
    await decideUntilAppended(journal, async () => {
      const now = clock.now();
      const open = await journal.aggregates<HandoffState>(HANDOFF, { open: true });
      const gone = open.filter(({ state }) => isWithdrawn(config.current().oncall, state, now));
      const freed = new Set(gone.map(({ state }) => shiftKey(state)));
      const timers = await watch.timers(Object.keys(config.current().oncall.schedules), now, freed);
      if (gone.length + timers.length === 0) return null;
      return ownBatch(now, joinBatchParts([...gone.map(withdraw), { timers }]));
    });
  }

  return {
    timers: { 'schedule.brief': watch.brief, 'handoff.step': createStages({ journal, telling }) },
    executors: { [BRIEF]: briefExecutor(deps, telling) },
    commands: { 'handoff-accept': createAccept({ journal, config, telling }) },
    describe: describeHandoff,
    reloaded: arm,
    start: async () => {
      stopListening = journal.onChange(({ events }) => {
        if (!events.some(({ type }) => MOVES_SHIFTS.test(type))) return;
        arm().catch((error: unknown) => logger.warn({ err: error }, 'handoffs could not be planned anew'));
      });
      await arm();
    },
    stop: () => stopListening(),
  };
}

function briefExecutor({ journal, clock, facts }: HandoffsDeps, telling: Telling): EffectExecutor {
  return {
    // what it writes is asked for once, in the batch that closes it
    idempotent: true,
    concurrency: 1,
    run: async ({ data }) => {
      const { handoff } = data as BriefRequest;
      const row = await journal.aggregate<HandoffState>(HANDOFF, handoff);
      if (row === null || row.state.status === 'over') return { state: 'done', result: { told: 0 } };
      const { state } = row;
      const now = clock.now();
      const learnt = await facts(now);
      const notices = [
        ...state.to.map((person) =>
          askNotice(`${BRIEF}|${handoff}|${person}`, briefFor(state, learnt, person, { ...telling, now })),
        ),
        ...state.from.map((person) =>
          askNotice(`${BRIEF}|${handoff}|${person}`, noteFor(state, person, { ...telling, now })),
        ),
      ];
      const batch = async () => ownBatch(now, joinBatchParts(notices));
      return { state: 'done', result: { told: notices.length }, batch };
    },
  };
}

function countHandoffs({ journal, metrics }: HandoffsDeps): void {
  const handoffs = new Counter({
    name: 'gianna_ops_oncall_handoffs_total',
    help: 'Shifts that changed hands, by what became of it: told, accepted, late (begun and not accepted), over.',
    labelNames: ['outcome'],
    registers: [metrics],
  });
  journal.onChange(({ events }) => {
    for (const { kind, type } of events) {
      if (kind === HANDOFF) handoffs.inc({ outcome: type.slice('handoff.'.length) });
    }
  });
}
