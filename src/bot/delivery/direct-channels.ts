import type { Call, CallResult } from './caller.ts';

/** Where messages to a user id are; other channels are themselves. */
export type DirectChannel = (
  channel: string,
) => Promise<{ readonly kind: 'channel'; readonly id: string } | Exclude<CallResult, { kind: 'ok' }>>;

/** A direct message is looked for in its own channel, not under the person's id; each is asked for once. */
export function createDirectChannels(call: Call): DirectChannel {
  const known = new Map<string, string>();
  return async (channel) => {
    const id = /^[UW]/.test(channel) ? known.get(channel) : channel;
    if (id !== undefined) return { kind: 'channel', id };
    const result = await call({ method: 'conversations.open', channel, isUrgent: true }, { users: channel });
    if (result.kind !== 'ok') return result;
    const opened = (result.answer as { channel?: { id?: string } }).channel?.id ?? channel;
    known.set(channel, opened);
    return { kind: 'channel', id: opened };
  };
}
