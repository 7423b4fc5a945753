/**
 * The webhooks (DESIGN.md, Contracts, intake). In: an HTTP request; out: a stored payload and 200, or a status that
 * says what to do. Alertmanager retries 5xx and network errors only, so a payload that we could not take is answered
 * 503, never 429 or another 4xx (FAULTS.md, finding 2).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Labels } from '../alerts/payload.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import { type Answer, answer, answerEarly } from './answer.ts';
import { createHeldBytes, encodingOf, type HeldBytes, readBody } from './body.ts';
import type { WebLimits } from './limits.ts';
import type { WebMetrics } from './metrics.ts';
import { createTokenCheck } from './token.ts';
import type { BodyProblem, Webhook } from './webhooks.ts';

/**
 * Stores a payload of a source durably; `labels`: of its first alert. `overloaded`: too much waits; `failed`: it cannot be
 * written now.
 */
export type StorePayload = (
  body: Uint8Array,
  source: string,
  labels: Labels | null,
) => Promise<{ readonly kind: 'stored' | 'overloaded' | 'failed' }>;

export interface IntakeDeps {
  readonly tokens: readonly string[];
  readonly store: StorePayload;
  readonly limits: WebLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: WebMetrics;
}

/** Handles a request to a webhook; `mustContinue`: the client waits for `100 Continue` before it sends the body. */
export type HandleIntake = (
  webhook: Webhook,
  request: IncomingMessage,
  response: ServerResponse,
  mustContinue: boolean,
) => void;

const RETRY_AFTER_SECONDS = '5';
const WARN_EVERY_MS = 60_000;

/** Makes the handler of the webhooks. */
export function createIntake(deps: IntakeDeps): HandleIntake {
  const mayEnter = createTokenCheck(deps.tokens);
  const held = createHeldBytes(deps.limits.heldBytes);
  const warn = createWarning(deps);

  return (webhook, request, response, mustContinue) => {
    const startedAt = deps.clock.monotonicMs();
    const count = (status: number) =>
      deps.metrics.intake(webhook.source, status, (deps.clock.monotonicMs() - startedAt) / 1000);
    const refusal = refusalOf(request, mayEnter, deps.limits);
    if (refusal !== null) {
      count(refusal.status);
      answerEarly(request, response, refusal, deps.limits, deps.clock);
      return;
    }
    if (mustContinue) response.writeContinue();
    takeIn(deps, webhook, { request, response }, { held, warn }).then(count, (error: unknown) => {
      deps.logger.error({ err: error }, 'webhook request failed');
      count(503);
      if (response.headersSent) response.destroy();
      else answerEarly(request, response, UNAVAILABLE, deps.limits, deps.clock);
    });
  };
}

interface Shared {
  readonly held: HeldBytes;
  readonly warn: (problem: BodyProblem, source: string) => void;
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
  webhook: Webhook,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  { held, warn }: Shared,
): Promise<number> {
  const encoding = encodingOf(request.headers['content-encoding']) ?? 'identity';
  const read = await readBody(request, encoding, deps.limits.bodyBytes, held);
  try {
    deps.metrics.intakeBytes(read.taken);
    if (read.kind === 'aborted') return 499;
    if (read.kind !== 'ok') {
      const isNoGzip = read.kind === 'not-gzip';
      const early = isNoGzip ? refused(webhook, NOT_GZIP) : read.kind === 'too-large' ? TOO_LARGE : UNAVAILABLE;
      if (isNoGzip) warn(NOT_GZIP, webhook.source);
      answerEarly(request, response, early, deps.limits, deps.clock);
      return early.status;
    }
    const result = await answerFor(deps, webhook, read.body, warn);
    answer(response, result);
    return result.status;
  } finally {
    held.give(read.taken);
  }
}

async function answerFor(deps: IntakeDeps, webhook: Webhook, body: Uint8Array, warn: Shared['warn']): Promise<Answer> {
  const read = await webhook.read(body);
  if (read.kind === 'refused') {
    warn(read, webhook.source);
    return refused(webhook, read);
  }
  const { kind } = await deps.store(body, webhook.source, read.labels);
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
const NOT_GZIP: BodyProblem = { field: 'body', message: 'body is not gzip, though Content-Encoding says so' };

/** The one answer that Alertmanager does not repeat: it names the field that is wrong. */
function refused({ refusal: { code, remedy } }: Webhook, { field, message }: BodyProblem): Answer {
  return { status: 400, body: { error: { code, field, message, remedy } } };
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
  return ({ field, message }, source) => {
    if (clock.monotonicMs() < quietUntilMs) {
      unspoken += 1;
      return;
    }
    logger.warn({ source, field, reason: message, unspoken }, 'webhook payload refused');
    quietUntilMs = clock.monotonicMs() + WARN_EVERY_MS;
    unspoken = 0;
  };
}
