import type { Journal } from '../../journal/port.ts';
import type { Texts } from '../texts.ts';
import { partOfLease } from './append.ts';
import { joinParts, type LeasePart } from './change-lease.ts';
import type { LeaseCommand } from './lease.ts';
import { LEASE, type LeaseEnd, type LeaseState, leaseKey } from './lease-state.ts';

/** Steps of a run whose changes are being taken back, or were. */
export interface LeasesEnding {
  readonly run: string;
  readonly steps: readonly string[];
  /** What a lease that is not ending already ends by. */
  readonly how: LeaseEnd;
  /** Those of the batch. */
  readonly at: number;
  readonly actor: string;
}

/** What a reversal came to. `summary`: one line. */
export type Reversal =
  | { readonly kind: 'reverted'; readonly proved: boolean; readonly summary: string }
  /** `mayRetry`: it may be carried out again without a person (its steps may be repeated). */
  | { readonly kind: 'not-reverted'; readonly mayRetry: boolean; readonly summary: string };

type Reader = Pick<Journal, 'aggregate' | 'aggregateByKey' | 'payloads'>;

/** The part for the batch in which the engine begins to undo steps: their leases are ending from then on. */
export function beginEnd(journal: Reader, ending: LeasesEnding): Promise<LeasePart> {
  return partOf(journal, ending, () => ({ kind: 'begin', how: ending.how }));
}

/**
 * The part for the batch in which the engine records what an undo came to. A step that holds no lease adds nothing. Ask
 * again after a conflict.
 */
export function endLeases(journal: Reader, ending: LeasesEnding, reversal: Reversal): Promise<LeasePart> {
  return partOf(journal, ending, (texts) => ({
    ...reversal,
    how: ending.how,
    summary: texts.line(reversal.summary),
  }));
}

async function partOf(
  journal: Reader,
  { run, steps, at, actor }: LeasesEnding,
  command: (texts: Texts) => LeaseCommand,
): Promise<LeasePart> {
  const parts: LeasePart[] = [];
  for (const step of steps) {
    const held = await journal.aggregateByKey<LeaseState>(LEASE, leaseKey({ run, step }));
    if (held === null) continue;
    const part = await partOfLease(journal, held.id, { at, actor, command: (_lease, texts) => command(texts) });
    if (part !== null) parts.push(part);
  }
  return joinParts(parts);
}
