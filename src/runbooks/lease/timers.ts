import type { AggregateRow, Batch, Journal } from '../../journal/port.ts';
import type { TimerHandler } from '../../journal/timers.ts';
import { partOfLease } from './append.ts';
import { leaseBatch, numberOf } from './change-lease.ts';
import { askReversal } from './effect.ts';
import type { LeaseCommand } from './lease.ts';
import { LEASE, type LeaseState } from './lease-state.ts';
import { type LeaseTimer, lookAgain } from './times.ts';

/** One that was taken later by the same run, and whose time is over as well, is reverted first. */
const AFTER_LATER_MS = 5_000;

/** What a lease's timers do: it is announced, it comes to its end, its reversal is looked after. */
export function leaseTimerHandlers(journal: Journal): Readonly<Record<`lease.${LeaseTimer}`, TimerHandler>> {
  const decide = async (id: string, now: number, command: LeaseCommand) => {
    const part = await partOfLease(journal, id, { at: now, actor: 'auto', command: () => command });
    return part === null ? null : leaseBatch(part, { at: now, actor: 'auto' });
  };
  return {
    'lease.announce': ({ id }, now) => decide(id, now, { kind: 'announce', now }),
    'lease.end': async ({ id, dueAt: dueAtOf }, now) => {
      const row = await journal.aggregate<LeaseState>(LEASE, id);
      if (row === null) return null;
      const { status, until } = row.state;
      if (status === 'ending') {
        return row.state.phase === 'busy' ? askBusy(row, dueAtOf, now) : decide(id, now, { kind: 'ask-again' });
      }
      if (status !== 'active') return null;
      const dueAt = until > now ? until : (await isAfterLater(journal, row.state, now)) ? now + AFTER_LATER_MS : null;
      if (dueAt === null) return decide(id, now, { kind: 'expire', now });
      return { at: now, actor: 'auto', timers: [{ op: 'set', kind: LEASE, id, purpose: 'end', dueAt, data: {} }] };
    },
  };
}

/** The same question once more, without an event: that the target is busy was said. */
function askBusy({ version, state }: AggregateRow<LeaseState>, dueAt: number, now: number): Batch {
  const effects = [askReversal(state, `${version}|${dueAt}`)];
  return { at: now, actor: 'auto', timers: [lookAgain(state.id, now, 'watch')], effects };
}

/** Whether a later lease of the same run is on its way out: what was done last is taken back first. */
async function isAfterLater(journal: Journal, { id, run }: LeaseState, now: number): Promise<boolean> {
  const open = await journal.aggregates<LeaseState>(LEASE, { open: true });
  return open.some(
    ({ state }) =>
      state.run === run &&
      numberOf(state.id) > numberOf(id) &&
      (state.status === 'ending' || (state.status === 'active' && state.until <= now)),
  );
}
