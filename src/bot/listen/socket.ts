import { SocketModeClient } from '@slack/socket-mode';
import type { Logger } from '../../core/logger.ts';
import { createBoltLogger } from './bolt-logger.ts';

/** One delivery of Slack, however it came. `ack` tells Slack, once; it rejects when Slack cannot be told any more. */
export interface Delivery {
  readonly body: Record<string, unknown>;
  readonly ack: (payload?: unknown) => Promise<void>;
  readonly retryNum?: number;
  readonly retryReason?: string;
}

export interface SocketSettings {
  readonly appToken: string;
  readonly apiUrl?: string;
}

/** An open connection. */
export interface OpenSocket {
  /** Resolves when it needs a successor: `refresh` while it still carries deliveries, `closed` when it does not. */
  readonly ending: Promise<'refresh' | 'closed'>;
  /** Resolves when it carries nothing any more. */
  readonly closed: Promise<void>;
  close(): void;
}

const CALL_TIMEOUT_MS = 10_000;

/**
 * Opens one Socket Mode connection; resolves after Slack's `hello`. Reconnecting is not left to the SDK: 3.1.0 waits
 * five seconds at each refresh and dies of a revoked token, so each connection is a client of its own. Nor does it close
 * the connection when Slack announces a refresh: Slack goes on using it until its successor is there.
 */
export async function openSocket(
  settings: SocketSettings,
  onDelivery: (delivery: Delivery) => void,
  logger: Logger,
): Promise<OpenSocket> {
  const client = new SocketModeClient({
    appToken: settings.appToken,
    autoReconnectEnabled: false,
    logger: createBoltLogger(logger),
    clientOptions: {
      timeout: CALL_TIMEOUT_MS,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      ...(settings.apiUrl === undefined ? {} : { slackApiUrl: settings.apiUrl }),
    },
  });
  const closed = new Promise<void>((resolve) => client.on('disconnected', () => resolve()));
  const refresh = new Promise<'refresh'>((resolve) => beforeTheSdk(client, () => resolve('refresh')));
  const ending = Promise.race([refresh, closed.then(() => 'closed' as const)]);
  client.on('slack_event', (event: SlackEvent) => onDelivery(deliveryOf(event)));
  await startWithin(client);
  return { ending, closed, close: () => void client.disconnect().catch(() => undefined) };
}

interface SlackEvent {
  readonly body: Record<string, unknown>;
  readonly ack: (payload?: Record<string, unknown>) => Promise<void>;
  readonly retry_num?: number;
  readonly retry_reason?: string;
}

function deliveryOf(event: SlackEvent): Delivery {
  return {
    body: event.body,
    ack: (payload) => event.ack(payload as Record<string, unknown> | undefined),
    ...(event.retry_num === undefined ? {} : { retryNum: event.retry_num }),
    ...(event.retry_reason === undefined ? {} : { retryReason: event.retry_reason }),
  };
}

async function startWithin(client: SocketModeClient): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no hello from Slack in time')), CALL_TIMEOUT_MS * 1.5);
    timer.unref();
  });
  const started = client.start().catch((error: unknown) => {
    throw error ?? new Error('the socket closed before Slack said hello');
  });
  try {
    await Promise.race([started, late]);
  } catch (error) {
    started.catch(() => undefined);
    void client.disconnect().catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** The SDK closes at every `disconnect` frame: those that announce a refresh are kept from it. */
function beforeTheSdk(client: SocketModeClient, onRefresh: () => void): void {
  const own = client.listeners('ws_message');
  client.removeAllListeners('ws_message');
  client.on('ws_message', (...frame: unknown[]) => {
    if (isRefresh(frame[0])) return onRefresh();
    for (const listener of own) listener(...frame);
  });
}

const REFRESHES = new Set<unknown>(['refresh_requested', 'warning']);

/** `{"type":"disconnect","reason":"refresh_requested"}`: Slack is about to close this connection. */
function isRefresh(data: unknown): boolean {
  const text = Buffer.isBuffer(data) ? data.toString('utf8') : data;
  if (typeof text !== 'string' || text.length > 2000 || !text.includes('disconnect')) return false;
  try {
    const frame: unknown = JSON.parse(text);
    if (typeof frame !== 'object' || frame === null || !('type' in frame) || !('reason' in frame)) return false;
    return frame.type === 'disconnect' && REFRESHES.has(frame.reason);
  } catch {
    return false;
  }
}
