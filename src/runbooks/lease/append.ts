import type { Journal } from '../../journal/port.ts';
import { createTexts, type Texts } from '../texts.ts';
import { changeLease, type LeasePart } from './change-lease.ts';
import { decideLease, type LeaseCommand } from './lease.ts';
import { LEASE, type LeaseState } from './lease-state.ts';

export interface LeaseChange {
  readonly at: number;
  readonly actor: string;
  /** The command on the lease as it is now; null: nothing changes. */
  readonly command: (lease: LeaseState, texts: Texts) => LeaseCommand | null;
}

/** The part that one command on a lease adds to a batch, decided on it as it is now; null: it changes nothing. */
export async function partOfLease(
  journal: Pick<Journal, 'aggregate' | 'payloads'>,
  id: string,
  { at, actor, command }: LeaseChange,
): Promise<LeasePart | null> {
  const row = await journal.aggregate<LeaseState>(LEASE, id);
  if (row === null) return null;
  const texts = createTexts();
  const asked = command(row.state, texts);
  const decision = asked === null ? null : decideLease(row.state, asked);
  if (decision?.kind !== 'events') return null;
  const { incident } = row.state;
  return changeLease(journal, row, decision.events, { id, at, actor, incident, texts: texts.payloads });
}
