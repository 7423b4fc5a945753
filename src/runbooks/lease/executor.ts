/**
 * Asks the engine to take back what a lease held: an effect comes in, what the engine answered goes out as an event. Out of
 * the timers' way, for a plan of an undo may look at hosts. Asked again after a crash by the same key.
 */
import type { Clock } from '../../core/clock.ts';
import { OpsError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { EffectEnd, EffectExecutor } from '../../journal/effects.ts';
import type { Batch, Effect, Journal } from '../../journal/port.ts';
import type { Texts } from '../texts.ts';
import { partOfLease } from './append.ts';
import { leaseBatch } from './change-lease.ts';
import { leaseIn } from './effect.ts';
import { isAsking, type LeaseCommand } from './lease.ts';
import { LEASE, type LeaseState } from './lease-state.ts';
import type { LeaseMetrics } from './metrics.ts';
import { lookAgain } from './times.ts';

/** Steps of a run that are to be undone because their time is over. */
export interface UndoAsked {
  /** The same key asks once, however often it is heard. */
  readonly key: string;
  readonly run: string;
  readonly steps: readonly string[];
  readonly by: 'auto';
  readonly reason: string;
}

/** What the engine says to it. */
export type UndoAnswer =
  /** It is under way, or was already: its end comes by `endLeases`. */
  | { readonly kind: 'accepted' }
  /** Another run holds the target. `holder`: in words, `RUN-7 by ana`. */
  | { readonly kind: 'busy'; readonly holder: string }
  /** Nothing is left to undo: it was done before, and nobody heard of it. */
  | { readonly kind: 'undone'; readonly proved: boolean; readonly summary: string }
  /** It cannot be undone without a person. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Asks the engine for the undo of steps; a transient failure is thrown and tried again. */
export type AskUndo = (asked: UndoAsked) => Promise<UndoAnswer>;

export interface ReversalDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: LeaseMetrics;
  readonly askUndo: AskUndo;
}

const AT_ONCE = 4;

/** The executor of effects of kind `lease`. */
export function createReversalExecutor(deps: ReversalDeps): EffectExecutor {
  return { idempotent: true, concurrency: AT_ONCE, run: (effect) => askOnce(deps, effect) };
}

async function askOnce(deps: ReversalDeps, effect: Effect): Promise<EffectEnd> {
  const id = leaseIn(effect);
  const lease = (await deps.journal.aggregate<LeaseState>(LEASE, id))?.state;
  if (lease === undefined || !isAsking(lease)) return { state: 'done', result: { skipped: true } };
  const answer = await answerOf(deps, lease, effect.key);
  deps.metrics.asked(answer.kind);
  deps.logger.info({ lease: id, run: lease.run, answer: answer.kind }, 'reversal of a lease asked for');
  return { state: 'done', result: { answer: answer.kind }, batch: () => answered(deps, id, answer) };
}

/** What the answer means for the lease as it is now; that its target is busy is said once. */
async function answered({ journal, clock }: ReversalDeps, id: string, answer: Answer): Promise<Batch> {
  const at = clock.now();
  let isBusyStill = false;
  const command = (lease: LeaseState, texts: Texts) => {
    isBusyStill = answer.kind === 'busy' && lease.phase === 'busy';
    return isAsking(lease) && !isBusyStill ? commandOf(answer, texts) : null;
  };
  const part = await partOfLease(journal, id, { at, actor: 'auto', command });
  if (part !== null) return leaseBatch(part, { at, actor: 'auto' });
  return { at, actor: 'auto', timers: isBusyStill ? [lookAgain(id, at, 'busy')] : [] };
}

type Answer = UndoAnswer | { readonly kind: 'failed'; readonly reason: string };

async function answerOf({ askUndo, logger }: ReversalDeps, lease: LeaseState, key: string): Promise<Answer> {
  const { id, run, step } = lease;
  try {
    return await askUndo({ key, run, steps: [step], by: 'auto', reason: `the time of ${id} is over` });
  } catch (error) {
    if (error instanceof OpsError && error.family === 'refusal') {
      return { kind: 'refused', reason: `${error.message} ${error.remedy}` };
    }
    logger.error({ err: error, lease: id, run }, 'reversal of a lease could not be asked for');
    const reason =
      error instanceof OpsError && error.family === 'transient'
        ? error.message
        : 'something went wrong inside gianna-ops; look into its log';
    return { kind: 'failed', reason };
  }
}

function commandOf(answer: Answer, texts: Texts): LeaseCommand {
  const how = 'expired';
  switch (answer.kind) {
    case 'accepted':
      return { kind: 'accepted' };
    case 'busy':
      return { kind: 'busy', holder: texts.line(answer.holder) };
    case 'undone':
      return { kind: 'reverted', how, proved: answer.proved, summary: texts.line(answer.summary) };
    case 'refused':
      return { kind: 'not-reverted', how, mayRetry: false, summary: texts.line(answer.reason) };
    case 'failed':
      return { kind: 'not-reverted', how, mayRetry: true, summary: texts.line(answer.reason) };
    default:
      return answer satisfies never;
  }
}
