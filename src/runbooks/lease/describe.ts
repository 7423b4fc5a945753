import { formatDuration } from '../../core/duration.ts';
import type { StoredEvent } from '../../journal/port.ts';
import { type LeaseEvent, readLeaseEvent } from './lease-events.ts';
import { LEASE, type LeaseEnd } from './lease-state.ts';
import { minute } from './notices.ts';

/** Timeline words for leases, plain text; null for what is not worth a line. Foreign parts are not escaped. */
export function describeLeaseEvent(event: StoredEvent, texts: ReadonlyMap<string, string>): string | null {
  return event.kind === LEASE ? words(event.id, readLeaseEvent(event), texts) : null;
}

const ENDED: Readonly<Record<LeaseEnd, string>> = {
  expired: 'is over',
  lifted: 'was lifted',
  undone: 'was undone with its run',
  abandoned: 'was given up, NOT reverted by the bot',
};

function words(id: string, event: LeaseEvent, texts: ReadonlyMap<string, string>): string | null {
  const text = (digest: string) => texts.get(digest) ?? 'its text was erased';
  switch (event.type) {
    case 'lease.taken':
      return `${id} holds until ${minute(event.data.until)}: ${text(event.data.what)}`;
    case 'lease.announced':
      return `${id} ends ${minute(event.data.until)}`;
    case 'lease.renewed':
      return `${id} renewed until ${minute(event.data.until)}`;
    case 'lease.kept':
      return `${id} was gone from ${event.data.host} and is put back: ${text(event.data.summary)}`;
    case 'lease.ending':
      return ending(id, event.data);
    case 'lease.busy':
      return `${id} waits to be reverted: ${text(event.data.holder)} holds its target`;
    case 'lease.undo-failed':
      return `${id} not reverted yet (try ${event.data.tries}): ${text(event.data.summary)}`;
    case 'lease.ended':
      return ended(id, event.data, text(event.data.summary));
    case 'lease.failed':
      return `${id} NOT reverted, a person has to: ${text(event.data.summary)}`;
    case 'lease.reverting':
    case 'lease.asked-again':
      return null;
    default:
      return event satisfies never;
  }
}

function ending(
  id: string,
  { how, lateSeconds }: Extract<LeaseEvent, { type: 'lease.ending' }>['data'],
): string | null {
  if (how !== 'expired') return null;
  const late = lateSeconds === null ? '' : `, ${formatDuration(lateSeconds)} late`;
  return `the time of ${id} is over${late}`;
}

function ended(id: string, { how, proved }: { how: LeaseEnd; proved: boolean }, summary: string): string {
  if (how === 'abandoned') return `${id} ${ENDED[how]}: ${summary}`;
  return `${id} ${ENDED[how]}: reverted${proved ? ' and proved' : ', but NOT proved'} (${summary})`;
}
