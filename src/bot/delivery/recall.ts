import type { Clock } from '../../core/clock.ts';
import type { Call, CallResult } from './caller.ts';
import type { Job } from './jobs.ts';

export type Recalled =
  | { readonly kind: 'found'; readonly channel: string; readonly ts: string; readonly key: string }
  | { readonly kind: 'absent' }
  | Exclude<CallResult, { kind: 'ok' }>;

/** Where to look for a message of ours. */
export interface Lookup {
  readonly job: Pick<Job, 'key' | 'doubt'>;
  readonly channel: string;
  readonly thread: string | null;
  /** Not older than this, epoch milliseconds. */
  readonly since: number;
  /** The incident whose thread the message opens; null for any other message. */
  readonly parentOf: string | null;
  /** What it is known by when another message carries it. */
  readonly alias?: string;
}

/**
 * Reads back whether a message is there already, by the key in its metadata: before a post whose first try was not
 * answered, and before anything that a dead process may have posted (FAULTS.md, A2).
 */
export interface Recall {
  (lookup: Lookup): Promise<Recalled>;
  /** This process opened a thread: nothing of a dead one can be in it. */
  opened(ts: string): void;
}

const PAGE = 200;
const MOST_PAGES = 20;
/** Slack's clock and ours. */
const SLACK_MS = 120_000;
/** A request that a dead process had sent may still be carried out: what is absent is believed from here on. */
const SETTLES_AFTER_MS = 5_000;
/** How long after the start what was read and opened is remembered. */
const KEPT_MS = 600_000;

type Read = { readonly messages: readonly Message[] } | Exclude<CallResult, { kind: 'ok' }>;

export function createRecall(call: Call, clock: Clock): Recall {
  const startedAt = clock.monotonicMs();
  const openedHere = new Set<string>();
  /** What a channel or thread held once the dead process could add nothing: read once for all who ask. */
  const settled = new Map<string, { readonly oldest: number; readonly read: Promise<Read> }>();

  async function look(lookup: Lookup): Promise<Recalled> {
    const isBeforeStart = lookup.job.doubt === 'before-start';
    if (isBeforeStart && lookup.thread !== null && openedHere.has(lookup.thread)) return { kind: 'absent' };
    const hasSettled = clock.monotonicMs() - startedAt >= SETTLES_AFTER_MS;
    const read = await (isBeforeStart && hasSettled ? readOnce(lookup) : readMessages(call, lookup));
    if ('kind' in read) return read;
    const found = read.messages.find((message) => isIt(message, lookup));
    if (found !== undefined)
      return { kind: 'found', channel: lookup.channel, ts: found.ts, key: keyIn(found) ?? lookup.job.key };
    if (lookup.parentOf === null || !isBeforeStart || hasSettled) return { kind: 'absent' };
    return { kind: 'wait', waitMs: SETTLES_AFTER_MS - (clock.monotonicMs() - startedAt) };
  }

  async function readOnce(lookup: Lookup): Promise<Read> {
    const place = `${lookup.channel}/${lookup.thread}`;
    const known = settled.get(place);
    if (known !== undefined && known.oldest <= lookup.since) return known.read;
    const read = readMessages(call, lookup);
    settled.set(place, { oldest: lookup.since, read });
    if ('kind' in (await read)) settled.delete(place);
    return read;
  }

  clock.after(KEPT_MS, () => {
    settled.clear();
    openedHere.clear();
  });
  const opened = (ts: string) => {
    if (clock.monotonicMs() - startedAt < KEPT_MS) openedHere.add(ts);
  };
  return Object.assign(look, { opened });
}

async function readMessages(call: Call, lookup: Lookup): Promise<Read> {
  const method = lookup.thread === null ? 'conversations.history' : 'conversations.replies';
  const place = { channel: lookup.channel, ...(lookup.thread === null ? {} : { ts: lookup.thread }) };
  const oldest = String(Math.floor((lookup.since - SLACK_MS) / 1000));
  const messages: Message[] = [];
  let cursor = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const args = { ...place, oldest, limit: PAGE, include_all_metadata: true, ...(cursor === '' ? {} : { cursor }) };
    const result = await call({ method, channel: lookup.channel, isUrgent: true }, args);
    if (result.kind !== 'ok') return result;
    const answer = result.answer as { messages?: Message[]; response_metadata?: { next_cursor?: string } };
    messages.push(...(answer.messages ?? []).map(slim));
    cursor = answer.response_metadata?.next_cursor ?? '';
    if (cursor === '') break;
  }
  return { messages };
}

interface Message {
  readonly ts: string;
  readonly bot_id?: string;
  readonly metadata?: { readonly event_payload?: { readonly key?: unknown; readonly also?: unknown } };
  readonly blocks?: ReadonlyArray<{ readonly block_id?: string }>;
}

/** Only what is compared, for it is kept. */
function slim({ ts, bot_id, metadata, blocks = [] }: Message): Message {
  const { key, also } = metadata?.event_payload ?? {};
  return {
    ts,
    ...(bot_id === undefined ? {} : { bot_id }),
    ...(key === undefined ? {} : { metadata: { event_payload: { key, also } } }),
    blocks: blocks.flatMap(({ block_id }) => (block_id === undefined ? [] : [{ block_id }])),
  };
}

/** By the key in its metadata; Slack drops metadata that it dislikes without an error, so a parent also by its buttons. */
function isIt(message: Message, { job, parentOf, alias }: Lookup): boolean {
  const { key, also } = message.metadata?.event_payload ?? {};
  if (alias !== undefined && typeof also === 'string' && also.split(',').includes(alias)) return true;
  if (key !== undefined || parentOf === null || message.bot_id === undefined) return key === job.key;
  return (message.blocks ?? []).some(
    ({ block_id = '' }) => block_id.startsWith(`${parentOf}:`) && block_id.endsWith(':actions'),
  );
}

function keyIn(message: Message): string | null {
  const key = message.metadata?.event_payload?.key;
  return typeof key === 'string' ? key : null;
}
