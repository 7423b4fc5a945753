import * as z from 'zod';
import type { Effect, EffectChange } from '../../journal/port.ts';
import type { LeaseState } from './lease-state.ts';

/** The kind of effects that ask the engine to revert what a lease holds. */
export const LEASE_EFFECT = 'lease';

const ReversalData = z.object({ lease: z.string() });

/** Asks for a reversal, once for ever: `mark` tells one time of asking from the others. */
export function askReversal({ id, incident }: LeaseState, mark: string): EffectChange {
  return { op: 'ask', key: `${LEASE_EFFECT}|${id}|${mark}`, kind: LEASE_EFFECT, incident, data: { lease: id } };
}

/** The lease that an effect of ours is about. */
export function leaseIn(effect: Effect): string {
  return ReversalData.parse(effect.data).lease;
}
