import type { Clock } from '../../core/clock.ts';
import type { ConfigSource } from '../../core/config/config.ts';
import { transient } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { SlackMetrics } from '../metrics.ts';
import type { Call, CallResult } from './caller.ts';

export type Resolved =
  | { readonly kind: 'channel'; readonly id: string; readonly isFallback: boolean }
  | Exclude<CallResult, { kind: 'ok' }>;

/** Our words for channels (`ops`) as Slack ids; names are looked up once. */
export interface Channels {
  /** The channel to write to; the one of `ops` when its own takes nothing. */
  resolve(word: string): Promise<Resolved>;
  /** The channel of a word when it is known without asking Slack; null: ask. */
  known(word: string): string | null;
  /** Slack refused this channel: it is not asked again for a while. False when it is the last resort itself. */
  refused(channel: string, code: string): boolean;
}

/** The channel itself; null when Slack has none or refuses it. Throws (transient) while Slack does not tell. */
export function idOf(resolved: Resolved): string | null {
  if (resolved.kind === 'channel') return resolved.isFallback ? null : resolved.id;
  if (resolved.kind === 'failed' && resolved.failure.kind === 'terminal-destination') return null;
  throw transient('SLACK_AWAY', 'Slack does not tell which channel that is.', 'It is tried again.');
}

const ID = /^[CGDUW][A-Z0-9]{2,}$/;
const DEAD_MS = 600_000;
const FALLBACK = 'ops';

export function createChannels(deps: {
  call: Call;
  config: ConfigSource;
  clock: Clock;
  logger: Logger;
  metrics: () => SlackMetrics;
  /** Slack refuses a channel, by our word for it (or its id). */
  tellRefusal: (word: string, code: string) => void;
}): Channels {
  const { call, config, clock, logger } = deps;
  const byName = new Map<string, string>();
  const deadUntil = new Map<string, number>();
  let reading: Promise<Exclude<CallResult, { kind: 'ok' }> | null> | null = null;

  async function lookUp(written: string): Promise<Resolved> {
    if (ID.test(written)) return { kind: 'channel', id: written, isFallback: false };
    const name = written.replace(/^#/, '');
    const known = byName.get(name);
    if (known !== undefined) return { kind: 'channel', id: known, isFallback: false };
    const failed = await readNames();
    // without the right to list, Slack may still know the name at the first post
    if (failed?.kind === 'failed' && failed.failure.code === 'missing_scope')
      return { kind: 'channel', id: name, isFallback: false };
    if (failed !== null) return failed;
    const found = byName.get(name);
    if (found === undefined)
      return { kind: 'failed', failure: { kind: 'terminal-destination', code: 'channel_not_found' } };
    return { kind: 'channel', id: found, isFallback: false };
  }

  /** One reading at a time, whoever asks for it. */
  function readNames(): Promise<Exclude<CallResult, { kind: 'ok' }> | null> {
    reading ??= readAllNames().finally(() => {
      reading = null;
    });
    return reading;
  }

  async function readAllNames(): Promise<Exclude<CallResult, { kind: 'ok' }> | null> {
    let cursor = '';
    do {
      const args = {
        types: 'public_channel,private_channel',
        exclude_archived: true,
        limit: 1000,
        ...(cursor === '' ? {} : { cursor }),
      };
      const result = await call({ method: 'conversations.list', channel: '', isUrgent: true }, args);
      if (result.kind !== 'ok') return result;
      const { channels, response_metadata } = result.answer as {
        channels?: Array<{ id: string; name: string }>;
        response_metadata?: { next_cursor?: string };
      };
      for (const { id, name } of channels ?? []) byName.set(name, id);
      cursor = response_metadata?.next_cursor ?? '';
    } while (cursor !== '');
    return null;
  }

  function isDead(channel: string): boolean {
    return (deadUntil.get(channel) ?? 0) > clock.monotonicMs();
  }

  function markDead(channel: string, code: string): void {
    if (!isDead(channel)) {
      logger.error({ channel, code }, 'slack refuses this channel; its messages go to the operations channel');
      deps.tellRefusal(wordOf(channel), code);
    }
    deadUntil.set(channel, clock.monotonicMs() + DEAD_MS);
  }

  function wordOf(channel: string): string {
    const words = Object.entries(config.current().slack.channels);
    const found = words.find(([, written]) => written === channel || byName.get(written.replace(/^#/, '')) === channel);
    return found?.[0] ?? channel;
  }

  async function resolve(word: string): Promise<Resolved> {
    const written = config.current().slack.channels[word] ?? word;
    const own = isDead(written) ? null : await lookUp(written);
    const isGone = own === null || (own.kind === 'failed' && own.failure.kind === 'terminal-destination');
    if (!isGone && !(own.kind === 'channel' && isDead(own.id))) return own;
    if (own?.kind === 'failed') markDead(written, own.failure.code);
    const last = config.current().slack.channels[FALLBACK];
    if (word === FALLBACK || last === undefined) return own ?? gone();
    deps.metrics().fellBack('ops-channel');
    const fallback = await lookUp(last);
    return fallback.kind === 'channel' ? { ...fallback, isFallback: true } : fallback;
  }

  function known(word: string): string | null {
    const written = config.current().slack.channels[word] ?? word;
    const own = ID.test(written) ? written : byName.get(written.replace(/^#/, ''));
    if (!isDead(written) && (own === undefined || !isDead(own))) return own ?? null;
    return word === FALLBACK ? (own ?? null) : known(FALLBACK);
  }

  return {
    resolve,
    known,
    refused: (channel, code) => {
      const last = config.current().slack.channels[FALLBACK] ?? '';
      if (channel === last || channel === byName.get(last.replace(/^#/, ''))) {
        logger.error({ channel, code }, 'slack refuses the operations channel');
        deps.tellRefusal(FALLBACK, code);
        return false;
      }
      markDead(channel, code);
      return true;
    },
  };
}

function gone(): Resolved {
  return { kind: 'failed', failure: { kind: 'terminal-destination', code: 'channel_not_found' } };
}
