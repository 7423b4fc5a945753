import type { Clock } from '../../core/clock.ts';
import type { ConfigSource } from '../../core/config/config.ts';
import type { Logger } from '../../core/logger.ts';
import { drawPng, type EChartsOption } from '../../core/picture.ts';
import { type Notice, readNotice } from '../../journal/notice.ts';
import type { Journal } from '../../journal/port.ts';
import type { SlackFailure } from '../client.ts';
import type { NameOf } from '../render/cards.ts';
import { renderNotice } from '../render/notice.ts';
import type { Channels } from './channels.ts';
import type { DirectChannel } from './direct-channels.ts';
import type { Gates } from './gates.ts';
import type { Job } from './jobs.ts';
import { isUnreadable, metadataOf } from './messages.ts';
import { type Outcome, outcomeOf, retry, SETTLED } from './outcome.ts';
import type { Recall } from './recall.ts';
import type { Address, Send } from './send.ts';
import type { Upload } from './upload.ts';
import type { WantedNotice, WantedNotices } from './wanted-notices.ts';

export interface NoticeDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly directChannel: DirectChannel;
  readonly recall: Recall;
  readonly send: Send;
  readonly gates: Gates;
  readonly channels: Channels;
  readonly notices: WantedNotices;
  readonly upload: Upload;
  readonly nameOf: NameOf;
}

const OPS = 'ops';
const REFUSED_MS = 60_000;

type Ending = { readonly outcome: 'sent' | 'failed'; readonly error: string | null; readonly reference: string | null };

/**
 * Sends one notice: claimed durably before, closed after. One whose outcome is unknown is looked for by its metadata,
 * and sent again, marked, only when it cannot be looked for. What a person's account refuses goes to the operations
 * channel.
 */
export function createDeliverNotice(deps: NoticeDeps): (job: Job) => Promise<Outcome> {
  const { journal, clock, logger, notices } = deps;

  async function deliver(job: Job): Promise<Outcome> {
    const wanted = notices.get(job.id);
    if (wanted === null) return SETTLED;
    const notice = await readNotice(journal, wanted.effect);
    if (notice === null) return close(wanted, { outcome: 'failed', error: 'erased', reference: null });
    const address = await addressOf(job, wanted, notice);
    if ('kind' in address) return address;
    if (job.doubt !== 'none') {
      const found = await lookBack(job, wanted, address);
      if (found !== null) return found;
    }
    await addPicture(wanted, notice);
    const waitMs = deps.gates.waitMs({ method: 'chat.postMessage', ...address });
    if (waitMs > 0) return retry(waitMs);
    if (!(await journal.claim(job.id, clock.now()))) {
      notices.forget(job.id);
      return SETTLED;
    }
    return post(job, wanted, notice, address);
  }

  async function addressOf(job: Job, wanted: WantedNotice, notice: Notice): Promise<Address | Outcome> {
    const common = { thread: null, metadata: metadataOf(job.id, job.key), isUrgent: false };
    const user = wanted.isRerouted ? null : userOf(notice);
    if (user !== null) return { ...common, channel: user };
    const resolved = await deps.channels.resolve('channel' in notice.to ? notice.to.channel : OPS);
    if (resolved.kind === 'channel') return { ...common, channel: resolved.id };
    return outcomeOf(job, resolved) ?? retry(REFUSED_MS);
  }

  /** The Slack id of the person it is for; null: it is for a channel, or the person has none. */
  function userOf({ to }: Notice): string | null {
    if ('channel' in to) return null;
    if ('actor' in to) return to.actor.startsWith('slack:') ? to.actor.slice('slack:'.length) : null;
    return deps.config.current().oncall.people[to.person]?.slack[0] ?? null;
  }

  async function addPicture(wanted: WantedNotice, { picture, title }: Notice): Promise<void> {
    if (picture === undefined || wanted.file !== undefined) return;
    try {
      const png = await drawPng(picture.option as EChartsOption, picture);
      const uploaded = await deps.upload(png, { alt: picture.alt, title, channel: null, thread: null });
      if (uploaded.kind === 'uploaded') wanted.file = uploaded.file;
    } catch (error) {
      logger.warn({ err: error, notice: wanted.effect.key }, 'picture of a notice cannot be drawn; its words go out');
    }
  }

  async function post(job: Job, wanted: WantedNotice, notice: Notice, address: Address): Promise<Outcome> {
    const shown = { isRepeat: wanted.isRepeat, file: wanted.file ?? null, insteadOf: insteadOf(wanted, notice) };
    const result = await deps.send.post(job, renderNotice(notice, shown), address);
    if (result.kind === 'ok') {
      const { channel, ts } = result.answer;
      return close(wanted, sentTo(String(channel ?? address.channel), String(ts)));
    }
    const outcome = outcomeOf(job, result);
    if (outcome === null || job.doubt === 'none')
      await journal.append({ at: clock.now(), actor: 'auto', effects: [{ op: 'again', key: job.id }] });
    if (outcome !== null || result.kind !== 'failed') return outcome ?? SETTLED;
    return refused(wanted, address, result.failure);
  }

  /** Said when it does not reach the person it was written to. */
  function insteadOf(wanted: WantedNotice, notice: Notice): string | null {
    if ('channel' in notice.to || (!wanted.isRerouted && userOf(notice) !== null)) return null;
    return deps.nameOf('person' in notice.to ? notice.to.person : notice.to.actor);
  }

  async function refused(wanted: WantedNotice, address: Address, failure: SlackFailure): Promise<Outcome> {
    const { kind, code } = failure;
    // not even its text alone
    if (kind !== 'terminal-destination') return close(wanted, { outcome: 'failed', error: code, reference: null });
    if (address.channel.startsWith('U') || address.channel.startsWith('W')) {
      logger.warn(
        { notice: wanted.effect.key, code },
        'slack refuses this person; the notice goes to the operations channel',
      );
      wanted.isRerouted = true;
      return retry(0);
    }
    return retry(deps.channels.refused(address.channel, code) ? 0 : REFUSED_MS);
  }

  /** null: it is not there, so it may be sent. */
  async function lookBack(job: Job, wanted: WantedNotice, address: Address): Promise<Outcome | null> {
    const channel = await deps.directChannel(address.channel);
    const since = wanted.effect.claimedAt ?? wanted.effect.askedAt;
    const found =
      channel.kind === 'channel'
        ? await deps.recall({ ...address, channel: channel.id, job, since, parentOf: null })
        : channel;
    if (found.kind === 'found') return close(wanted, sentTo(found.channel, found.ts));
    if (found.kind !== 'absent') {
      const outcome = found.kind === 'failed' && isUnreadable(found.failure.code) ? null : outcomeOf(job, found);
      if (outcome !== null) return outcome;
      wanted.isRepeat = true;
    }
    job.doubt = 'none';
    await journal.append({ at: clock.now(), actor: 'auto', effects: [{ op: 'again', key: job.id }] });
    return null;
  }

  async function close(wanted: WantedNotice, ending: Ending): Promise<Outcome> {
    const { key } = wanted.effect;
    const state = ending.outcome === 'sent' ? 'done' : 'failed';
    await journal.append({ at: clock.now(), actor: 'auto', effects: [{ op: 'close', key, state, result: ending }] });
    notices.forget(key);
    if (ending.outcome === 'failed') logger.warn({ notice: key, error: ending.error }, 'notice was not sent');
    return SETTLED;
  }

  return deliver;
}

function sentTo(channel: string, ts: string): Ending {
  return { outcome: 'sent', error: null, reference: `${channel}/${ts}` };
}
