import type { Batch } from '../journal/port.ts';
import type { AlertReader } from './pending.ts';

/** Collection of the names of Alertmanager's receivers that have reached us. */
export const RECEIVERS = 'alertmanager-receivers';

const LONGEST_NAME = 300;
const MOST_REMEMBERED = 1_000;

/** The documents to write when a receiver is new. */
export type NoteReceiver = (reader: AlertReader, receiver: string) => Promise<NonNullable<Batch['documents']>>;

/** Keeps which receivers deliver to us: what Alertmanager holds for others is not ours. */
export function createReceivers(): NoteReceiver {
  const stored = new Set<string>();
  return async (reader, receiver) => {
    if (stored.has(receiver) || receiver.length > LONGEST_NAME) return [];
    const isStored = (await reader.document(RECEIVERS, receiver)) !== null;
    if (!isStored) return [{ collection: RECEIVERS, key: receiver, value: {} }];
    if (stored.size < MOST_REMEMBERED) stored.add(receiver);
    return [];
  };
}
