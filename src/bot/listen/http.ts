import type { IncomingMessage, ServerResponse } from 'node:http';
import { type App, HTTPReceiver } from '@slack/bolt';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import { createBoltLogger } from './bolt-logger.ts';
import type { ListenMetrics } from './metrics.ts';
import { createSeenKeys } from './seen-keys.ts';
import { verifySignature } from './signature.ts';
import type { Delivery } from './socket.ts';

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface HttpDeps {
  readonly signingSecret: string;
  readonly onDelivery: (delivery: Delivery) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: ListenMetrics;
}

const LARGEST_BODY = 1_048_576;
const SIGNATURE_TTL_MS = 600_000;
const SLOWEST_BODY_MS = 10_000;

/**
 * The handler of `POST /slack/events`. A request is good once and for five minutes: signature, time both ways, and a
 * table of the signatures seen; everything else gets 401 before Bolt looks at it. Hand it requests whose body is unread.
 */
export function createHttpHandler(deps: HttpDeps): HttpHandler {
  const seen = createSeenKeys(deps.clock, SIGNATURE_TTL_MS);
  const receiver = new HTTPReceiver({ signingSecret: deps.signingSecret, logger: createBoltLogger(deps.logger) });
  receiver.init({ processEvent: deps.onDelivery } as unknown as App);

  function refusalOf(request: IncomingMessage, body: Buffer): string | null {
    const signature = headerOf(request, 'x-slack-signature');
    const timestamp = headerOf(request, 'x-slack-request-timestamp');
    const verdict = verifySignature({ signature, timestamp, body }, deps.signingSecret, deps.clock.now());
    if (verdict.kind === 'bad') return verdict.reason;
    return seen.add(`${signature}`) ? null : 'replay';
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (body === null) {
      deps.metrics.httpRefused('too-large');
      end(response, 413);
      return;
    }
    const refusal = refusalOf(request, body);
    if (refusal !== null) {
      deps.metrics.httpRefused(refusal);
      deps.logger.warn({ reason: refusal }, 'slack request refused');
      end(response, 401);
      return;
    }
    // Bolt parses and answers; `rawBody` is how it takes a body that was read already.
    request.url = '/slack/events';
    receiver.requestListener(Object.assign(request, { rawBody: body }), response);
  }

  return (request, response) => {
    handle(request, response).catch((error: unknown) => {
      deps.logger.warn({ err: error }, 'slack request could not be read');
      end(response, 400);
    });
  };
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function end(response: ServerResponse, status: number): void {
  if (response.headersSent) return;
  response.writeHead(status, { connection: 'close' });
  response.end();
}

/** The whole body, null when it is larger than 1 MiB; rejects when it does not come within 10 s. */
function readBody(request: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => reject(new Error('the body did not come in time')), SLOWEST_BODY_MS);
    timer.unref();
    const settle = (settled: () => void) => {
      clearTimeout(timer);
      settled();
    };
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > LARGEST_BODY) return settle(() => resolve(null));
      chunks.push(chunk);
    });
    request.once('end', () => settle(() => resolve(Buffer.concat(chunks))));
    request.once('error', (error) => settle(() => reject(error)));
  });
}
