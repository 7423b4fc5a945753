import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that went through, with its body. */
export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** Passes HTTP on to another server, remembers what went through, and can keep an answer back. */
export interface RecordingProxy {
  readonly url: string;
  readonly requests: readonly Recorded[];
  /** The next request like this is passed on, but its answer is kept: `then` is told instead. */
  trap(matches: (request: Recorded) => boolean, then: () => void): void;
  stop(): Promise<void>;
}

/** Starts one in front of the server that `target` names at each request. */
export async function startRecordingProxy(target: () => string): Promise<RecordingProxy> {
  const requests: Recorded[] = [];
  let trap: { readonly matches: (request: Recorded) => boolean; readonly then: () => void } | null = null;
  const server = createServer(async (incoming, response) => {
    const body = await textOf(incoming);
    const request = { method: incoming.method ?? 'GET', path: incoming.url ?? '/', body };
    requests.push(request);
    const caught = trap?.matches(request) === true ? trap : null;
    if (caught !== null) trap = null;
    try {
      const answer = await fetch(`${target()}${request.path}`, {
        method: request.method,
        headers: headersOf(incoming.headers),
        ...(body === '' ? {} : { body }),
      });
      const text = await answer.text();
      if (caught !== null) return caught.then();
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
      response.end(text);
    } catch {
      response.writeHead(502).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    trap: (matches, then) => {
      trap = { matches, then };
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function headersOf({ authorization, 'content-type': type }: IncomingHttpHeaders): Record<string, string> {
  return {
    ...(authorization === undefined ? {} : { authorization }),
    ...(type === undefined ? {} : { 'content-type': type }),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
