import type { Call, CallResult } from './caller.ts';

export type Recalled =
  | { readonly kind: 'found'; readonly channel: string; readonly ts: string }
  | { readonly kind: 'absent' }
  | Exclude<CallResult, { kind: 'ok' }>;

/** Where to look for a message of ours. */
export interface Lookup {
  readonly key: string;
  readonly channel: string;
  readonly thread: string | null;
  /** Not older than this, epoch milliseconds. */
  readonly since: number;
}

const PAGE = 200;
const MOST_PAGES = 20;
/** Slack's clock and ours. */
const SLACK_MS = 120_000;

/**
 * Reads back whether a message is there already, by the key in its metadata: before a post whose first try was not
 * answered, and before anything that a dead process may have posted (FAULTS.md, A2).
 */
export async function recall(call: Call, lookup: Lookup): Promise<Recalled> {
  const method = lookup.thread === null ? 'conversations.history' : 'conversations.replies';
  const place = { channel: lookup.channel, ...(lookup.thread === null ? {} : { ts: lookup.thread }) };
  const oldest = String(Math.floor((lookup.since - SLACK_MS) / 1000));
  let cursor = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const args = { ...place, oldest, limit: PAGE, include_all_metadata: true, ...(cursor === '' ? {} : { cursor }) };
    const result = await call({ method, channel: lookup.channel, isUrgent: true }, args);
    if (result.kind !== 'ok') return result;
    const answer = result.answer as { messages?: Message[]; response_metadata?: { next_cursor?: string } };
    const found = (answer.messages ?? []).find((message) => message.metadata?.event_payload?.key === lookup.key);
    if (found !== undefined) return { kind: 'found', channel: lookup.channel, ts: found.ts };
    cursor = answer.response_metadata?.next_cursor ?? '';
    if (cursor === '') return { kind: 'absent' };
  }
  return { kind: 'absent' };
}

interface Message {
  ts: string;
  metadata?: { event_payload?: { key?: unknown } };
}
