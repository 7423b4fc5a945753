/**
 * Leases: changes of a run that end of themselves. In: the end of a step that holds, and the end of an undo (the engine puts
 * our part into its own batch), people's `renew`, time. Out: events of `lease`, questions to the engine, notices.
 */
import type { Clock } from '../../core/clock.ts';
import type { Command } from '../../core/command.ts';
import type { Logger } from '../../core/logger.ts';
import type { EffectExecutor } from '../../journal/effects.ts';
import type { Evolvers } from '../../journal/evolver.ts';
import type { Journal, StoredEvent } from '../../journal/port.ts';
import type { TimerHandler } from '../../journal/timers.ts';
import type { MayRun, RunRequestDecision } from '../request.ts';
import type { LeasePart } from './change-lease.ts';
import { decideLeaseCommand } from './commands.ts';
import { describeLeaseEvent } from './describe.ts';
import { beginEnd, endLeases, type LeasesEnding, type Reversal } from './end.ts';
import { type AskUndo, createReversalExecutor } from './executor.ts';
import { evolveStoredLease } from './lease-evolve.ts';
import { LEASE, type LeaseState } from './lease-state.ts';
import { createLeasesOn, type ListedLease, listLeases } from './list.ts';
import type { LeaseMetrics } from './metrics.ts';
import { describeOrphan } from './orphan-state.ts';
import { type LeaseTaken, takeLease } from './take.ts';
import { leaseTimerHandlers } from './timers.ts';
import type { LeaseTimer } from './times.ts';

export interface LeasesDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: LeaseMetrics;
  readonly mayRun: MayRun;
  readonly askUndo: AskUndo;
}

export interface Leases {
  /** For the batch that records the end of a step that holds; `at` is the batch's, its actor is `taken.by`. */
  take(taken: LeaseTaken, at: number): Promise<LeasePart & { readonly id: string }>;
  /** For the batch in which an undo of steps begins; `at` and `actor` are the batch's. */
  begin(ending: LeasesEnding): Promise<LeasePart>;
  /** For the batch in which an undo of steps ends, well or not, or is interrupted. */
  end(ending: LeasesEnding, reversal: Reversal): Promise<LeasePart>;
  /** Decides `renew` and `lease-abandon`. */
  command(command: Command): Promise<RunRequestDecision>;
  list(): Promise<ListedLease[]>;
  leasesOn(service: string): Promise<Array<Pick<LeaseState, 'id' | 'runbook' | 'until' | 'incident'>>>;
  readonly timers: Readonly<Record<`lease.${LeaseTimer}`, TimerHandler>>;
  /** Carries out effects of kind `lease`. */
  readonly executor: EffectExecutor;
  describe(event: StoredEvent, texts: ReadonlyMap<string, string>): string | null;
}

/** Leases of one journal. */
export function createLeases(deps: LeasesDeps): Leases {
  const { journal, clock } = deps;
  return {
    take: (taken, at) => takeLease(journal, taken, at),
    begin: (ending) => beginEnd(journal, ending),
    end: (ending, reversal) => endLeases(journal, ending, reversal),
    command: (command) => decideLeaseCommand(command, deps),
    list: () => listLeases(journal, clock.now()),
    leasesOn: createLeasesOn(journal),
    timers: leaseTimerHandlers(journal),
    executor: createReversalExecutor(deps),
    describe: (event, texts) => describeLeaseEvent(event, texts) ?? describeOrphan(event),
  };
}

/** How leases fold, for `journal verify --state`. */
export const leaseEvolvers = {
  [LEASE]: (state: LeaseState | null, event: StoredEvent) => evolveStoredLease(state, event),
} satisfies Evolvers;
