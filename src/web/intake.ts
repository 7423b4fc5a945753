/**
 * The Alertmanager webhook (DESIGN.md, Contracts, intake). In: an HTTP request; out: a stored payload and 200, or a
 * status that says what to do. Alertmanager retries 5xx and network errors only, so a payload that we could not take
 * is answered 503, never 429 or another 4xx (FAULTS.md, finding 2).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readEnvelope } from '../alerts/payload.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import { type Answer, answer, answerEarly } from './answer.ts';
import { createHeldBytes, encodingOf, type HeldBytes, readBody } from './body.ts';
import type { WebLimits } from './limits.ts';
import type { WebMetrics } from './metrics.ts';
import { createTokenCheck } from './token.ts';

/** Stores a payload durably. `overloaded`: too much waits; `failed`: it cannot be written now. */
export type StorePayload = (body: Uint8Array) => Promise<{ readonly kind: 'stored' | 'overloaded' | 'failed' }>;

export interface IntakeDeps {
  readonly tokens: readonly string[];
  readonly store: StorePayload;
  readonly limits: WebLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: WebMetrics;
}

/** Handles a request to the webhook; `mustContinue`: the client waits for `100 Continue` before it sends the body. */
export type HandleIntake = (request: IncomingMessage, response: ServerResponse, mustContinue: boolean) => void;

export const INTAKE_PATH = '/webhooks/alertmanager';

const RETRY_AFTER_SECONDS = '5';
const WARN_EVERY_MS = 60_000;

/** Makes the handler of the webhook. */
export function createIntake(deps: IntakeDeps): HandleIntake {
  const mayEnter = createTokenCheck(deps.tokens);
  const held = createHeldBytes(deps.limits.heldBytes);
  const warn = createWarning(deps);

  return (request, response, mustContinue) => {
    const startedAt = deps.clock.monotonicMs();
    const count = (status: number) => deps.metrics.intake(status, (deps.clock.monotonicMs() - startedAt) / 1000);
    const refusal = refusalOf(request, mayEnter, deps.limits);
    if (refusal !== null) {
      count(refusal.status);
      answerEarly(request, response, refusal, deps.limits, deps.clock);
      return;
    }
    if (mustContinue) response.writeContinue();
    takeIn(deps, request, response, { held, warn }).then(count, (error: unknown) => {
      deps.logger.error({ err: error }, 'webhook request failed');
      count(503);
      if (response.headersSent) response.destroy();
      else answerEarly(request, response, UNAVAILABLE, deps.limits, deps.clock);
    });
  };
}

interface Shared {
  readonly held: HeldBytes;
  readonly warn: (field: string, message: string) => void;
}

/** What can be said before the body is read; null: read it. */
function refusalOf(
  request: IncomingMessage,
  mayEnter: (authorization: string | undefined) => boolean,
  limits: WebLimits,
): Answer | null {
  if (request.method !== 'POST') return failure(405, 'METHOD', 'Only POST is taken here.', { allow: 'POST' });
  if (!mayEnter(request.headers.authorization)) {
    const headers = { 'www-authenticate': 'Bearer' };
    return failure(401, 'TOKEN', 'No token, or not one of GIANNA_WEBHOOK_TOKEN.', headers);
  }
  if (encodingOf(request.headers['content-encoding']) === null) {
    const headers = { 'accept-encoding': 'gzip, identity' };
    return failure(415, 'ENCODING', 'Content-Encoding must be gzip or identity.', headers);
  }
  return Number(request.headers['content-length'] ?? 0) > limits.bodyBytes ? TOO_LARGE : null;
}

/** Reads, checks, stores and answers; resolves with the status. */
async function takeIn(
  deps: IntakeDeps,
  request: IncomingMessage,
  response: ServerResponse,
  { held, warn }: Shared,
): Promise<number> {
  const encoding = encodingOf(request.headers['content-encoding']) ?? 'identity';
  const read = await readBody(request, encoding, deps.limits.bodyBytes, held);
  try {
    deps.metrics.intakeBytes(read.taken);
    if (read.kind === 'aborted') return 499;
    if (read.kind !== 'ok') {
      const early = read.kind === 'too-large' ? TOO_LARGE : read.kind === 'crowded' ? UNAVAILABLE : NOT_GZIP;
      if (early === NOT_GZIP) warn('body', 'body is not gzip');
      answerEarly(request, response, early, deps.limits, deps.clock);
      return early.status;
    }
    const result = await answerFor(deps, read.body, warn);
    answer(response, result);
    return result.status;
  } finally {
    held.give(read.taken);
  }
}

async function answerFor(deps: IntakeDeps, body: Uint8Array, warn: Shared['warn']): Promise<Answer> {
  const envelope = readEnvelope(body);
  if (envelope.kind === 'refused') {
    warn(envelope.field, envelope.message);
    return notV4(envelope.field, envelope.message);
  }
  const { kind } = await deps.store(body);
  switch (kind) {
    case 'stored':
      return STORED;
    case 'overloaded':
    case 'failed':
      return UNAVAILABLE;
    default:
      return kind satisfies never;
  }
}

const STORED: Answer = { status: 200, body: { status: 'stored' } };
const UNAVAILABLE: Answer = failure(503, 'UNAVAILABLE', 'The payload was not stored. Send it again.', {
  'retry-after': RETRY_AFTER_SECONDS,
});
const TOO_LARGE: Answer = failure(413, 'TOO_LARGE', 'The payload is longer than 10 MiB. Set max_alerts.');
const NOT_GZIP: Answer = notV4('body', 'body is not gzip, though Content-Encoding says so');

/** The one answer that Alertmanager does not repeat: it names the field that is wrong. */
function notV4(field: string, message: string): Answer {
  const remedy = 'Send the Alertmanager webhook payload, version 4, without a payload template.';
  return { status: 400, body: { error: { code: 'NOT_V4', field, message, remedy } } };
}

function failure(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers, body: { error: { code, message } } };
}

/** One warning a minute about payloads that are none, with how many were not spoken of. */
function createWarning({ clock, logger }: IntakeDeps): Shared['warn'] {
  let quietUntilMs = Number.NEGATIVE_INFINITY;
  let unspoken = 0;
  return (field, message) => {
    if (clock.monotonicMs() < quietUntilMs) {
      unspoken += 1;
      return;
    }
    logger.warn({ field, reason: message, unspoken }, 'webhook payload refused');
    quietUntilMs = clock.monotonicMs() + WARN_EVERY_MS;
    unspoken = 0;
  };
}
