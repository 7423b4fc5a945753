import type { Clock } from '../../core/clock.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Logger } from '../../core/logger.ts';
import { digestOf } from '../../journal/digest.ts';
import type { SlackMetrics } from '../metrics.ts';
import { context, type MessagePayload } from '../render/payload.ts';
import type { Channels } from './channels.ts';
import type { Circuit } from './circuit.ts';
import type { DirectChannel } from './direct-channels.ts';
import type { Job } from './jobs.ts';
import { keyOf } from './keys.ts';
import { type Outcome, outcomeOf, retry, SETTLED } from './outcome.ts';
import type { Recall } from './recall.ts';
import type { Address, Send } from './send.ts';
import type { SentMessage, SentMessages } from './sent.ts';
import type { FindWanted, Wanted } from './wanted.ts';

export interface MessageDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly recall: Recall;
  readonly send: Send;
  readonly sent: SentMessages;
  readonly channels: Channels;
  readonly circuit: Circuit;
  readonly wanted: FindWanted;
  readonly directChannel: DirectChannel;
  readonly metrics: () => SlackMetrics;
}

const REFUSED_MS = 60_000;
const DELAYED_FROM_MS = 60_000;
const GONE = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed', 'thread_not_found']);

/** Brings one message of desired state to Slack: posts it once, edits it when it says something else. */
export function createDeliverMessage(deps: MessageDeps): (job: Job) => Promise<Outcome> {
  const { clock, logger, send, sent, channels, circuit, metrics } = deps;

  async function deliver(job: Job): Promise<Outcome> {
    const wanted = await deps.wanted(job);
    if (wanted === null) return SETTLED;
    const hash = digestOf(JSON.stringify(wanted.payload));
    const known = sent.get(wanted.key);
    if (known !== null && (wanted.threadOf === null || belongs(known, wanted.threadOf))) {
      return known.ts === '' ? SETTLED : edit(job, wanted, known, hash);
    }
    if (wanted.isEditOnly) return SETTLED;
    const address = await addressOf(job, wanted);
    return 'kind' in address ? address : post(job, wanted, address, hash);
  }

  /** A reply whose thread was opened anew elsewhere does not belong any more. */
  function belongs(known: SentMessage, incident: string): boolean {
    const parent = sent.get(keyOf('parent', incident));
    return parent !== null && known.channel === parent.channel && known.thread === threadOf(parent);
  }

  async function addressOf(job: Job, wanted: Wanted): Promise<Address | Outcome> {
    const metadata = metadataOf(wanted.subject, job.key);
    if (wanted.threadOf !== null) {
      const parent = sent.get(keyOf('parent', wanted.threadOf));
      if (parent === null) return { kind: 'needs-parent', incident: wanted.threadOf };
      return { channel: parent.channel, thread: threadOf(parent), metadata, isUrgent: wanted.isUrgent };
    }
    // a copy of a request is edited and looked for later: in the conversation itself, not under the person's id
    const isPerson = job.kind === 'asking';
    const resolved = await (isPerson ? deps.directChannel(wanted.channel) : channels.resolve(wanted.channel));
    if (resolved.kind !== 'channel') return outcomeOf(job, resolved) ?? retry(REFUSED_MS);
    return { channel: resolved.id, thread: null, metadata, isUrgent: wanted.isUrgent };
  }

  async function edit(job: Job, wanted: Wanted, known: SentMessage, hash: string): Promise<Outcome> {
    if (known.hash === hash) {
      metrics().spared('unchanged');
      return SETTLED;
    }
    const metadata = metadataOf(wanted.subject, wanted.key);
    const address = { channel: known.channel, thread: known.thread, metadata, isUrgent: wanted.isUrgent };
    const result = await send.update(job, delayed(job, wanted), address, known.ts);
    if (result.kind === 'ok') {
      sent.set(wanted.key, wanted.isLast ? null : { ...known, hash });
      return SETTLED;
    }
    const outcome = outcomeOf(job, result);
    if (outcome !== null || result.kind !== 'failed') return outcome ?? SETTLED;
    if (wanted.isEditOnly) {
      sent.set(wanted.key, null);
      return SETTLED;
    }
    return refused(job, wanted, known.channel, result.failure.code);
  }

  async function post(job: Job, wanted: Wanted, address: Address, hash: string): Promise<Outcome> {
    if (job.doubt !== 'none') {
      const found = await lookBack(job, wanted, address);
      if (found !== null) return found;
    }
    if (isFolded(job)) {
      metrics().spared('waits-for-change');
      return SETTLED;
    }
    const result = await send.post(job, delayed(job, wanted), address);
    if (result.kind === 'ok') {
      const { ts, channel } = result.answer;
      if (wanted.threadOf === null) deps.recall.opened(String(ts));
      remember(wanted, address, String(ts), hash, String(channel ?? address.channel));
      return SETTLED;
    }
    const outcome = outcomeOf(job, result);
    if (outcome !== null || result.kind !== 'failed') return outcome ?? SETTLED;
    return refused(job, wanted, address.channel, result.failure.code);
  }

  /** null: it is not there, so it may be posted. */
  async function lookBack(job: Job, wanted: Wanted, address: Address): Promise<Outcome | null> {
    const parentOf = job.kind === 'parent' ? wanted.incident : null;
    const found = await deps.recall({ ...address, job, since: wanted.since, parentOf });
    if (found.kind === 'absent') {
      job.doubt = 'none';
      return null;
    }
    if (found.kind === 'found') {
      job.doubt = 'none';
      remember(wanted, address, found.ts, '', address.channel);
      return retry(0);
    }
    if (found.kind === 'failed' && isUnreadable(found.failure.code)) return unreadable(job, wanted, address);
    const outcome = outcomeOf(job, found);
    if (outcome !== null || found.kind !== 'failed') return outcome ?? SETTLED;
    return refused(job, wanted, address.channel, found.failure.code);
  }

  /** Without the right to read, a parent is not posted again (UX.md 1.3); a reply is. */
  function unreadable(job: Job, wanted: Wanted, address: Address): Outcome | null {
    if (job.kind !== 'parent') return null;
    logger.error(
      { incident: wanted.incident },
      'whether the thread was opened cannot be read back; it is not opened again',
    );
    remember(wanted, address, '', '', address.channel);
    return SETTLED;
  }

  function remember(wanted: Wanted, address: Address, ts: string, hash: string, channel: string): void {
    const { incident, key, names } = wanted;
    const at = { channel, ts, thread: address.thread, hash, incident, sentAt: clock.now() };
    sent.set(key, names === undefined ? at : { ...at, names });
    wanted.posted?.({ channel, ts });
  }

  /** A delay is shown, never silent: it goes again with the next change (UX.md 3.12). */
  function delayed(job: Job, { payload }: Wanted): MessagePayload {
    const lateMs = clock.monotonicMs() - job.since;
    if (lateMs < DELAYED_FROM_MS || payload.blocks.length === 0 || job.kind === 'roster') return payload;
    const late = `⏱ updates delayed: this one came ${formatDuration(lateMs / 1000)} late`;
    return { ...payload, blocks: [...payload.blocks, context(late)] };
  }

  /** After an outage a thread gets its digest, not everything that was missed (DESIGN.md, Details). */
  function isFolded(job: Job): boolean {
    if (job.kind !== 'evidence' && job.kind !== 'run') return false;
    return job.isBacklog || circuit.outlived(job.markedAt);
  }

  function refused(job: Job, wanted: Wanted, channel: string, code: string): Outcome {
    if (GONE.has(code)) {
      const key =
        code === 'thread_not_found' && wanted.threadOf !== null ? keyOf('parent', wanted.threadOf) : wanted.key;
      sent.set(key, null);
      return retry(0);
    }
    if (!channels.refused(channel, code)) return retry(REFUSED_MS);
    sent.set(wanted.threadOf === null ? wanted.key : keyOf('parent', wanted.threadOf), null);
    job.doubt = 'none';
    return retry(0);
  }

  return deliver;
}

/** The thread to reply into; null when the parent's ts could not be learnt. */
export function threadOf(parent: SentMessage): string | null {
  return parent.ts === '' ? null : parent.ts;
}

/** Message metadata (DESIGN.md, Contracts, ids). `also`: what else the message carries. */
export function metadataOf(subject: string, key: string, also: readonly string[] = []): Address['metadata'] {
  const event_type = subject.startsWith('RUN-')
    ? 'gianna_run'
    : subject.startsWith('GI-')
      ? 'gianna_incident'
      : 'gianna_notice';
  const others = also.length === 0 ? {} : { also: also.join(',') };
  return { event_type, event_payload: { id: subject, key, ...others } };
}

/** Codes that say that we may not read this channel, not that it is gone. */
export function isUnreadable(code: string): boolean {
  return code === 'missing_scope' || code === 'not_allowed_token_type' || code === 'no_permission';
}
