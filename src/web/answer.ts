import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.ts';
import type { WebLimits } from './limits.ts';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}

/** Answers a request whose body has been read. */
export function answer(response: ServerResponse, { status, headers, body }: Answer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/**
 * Answers a request before its body has been read, and closes. Closing at once would make the kernel reset the
 * connection under a client that is still writing, and the answer would be lost: so the answer goes out whole
 * (Content-Length), the rest of the body is read and thrown away, and only then the connection ends.
 */
export function answerEarly(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: Answer,
  limits: Pick<WebLimits, 'drainBytes' | 'drainMs'>,
  clock: Clock,
): void {
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': length,
    connection: 'close',
    ...headers,
  });
  response.write(text);
  drain(request, response, limits, clock);
}

function drain(
  request: IncomingMessage,
  response: ServerResponse,
  limits: Pick<WebLimits, 'drainBytes' | 'drainMs'>,
  clock: Clock,
): void {
  let left = limits.drainBytes;
  const cancel = clock.after(limits.drainMs, () => request.destroy());
  const done = () => {
    cancel();
    response.end();
  };
  if (request.readableEnded) {
    done();
    return;
  }
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
  request.once('end', done);
  request.once('close', done);
  request.once('error', done);
  request.resume();
}
