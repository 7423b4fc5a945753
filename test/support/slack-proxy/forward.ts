import { Agent, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { readAll } from './call.ts';

export interface Answer {
  status: number;
  headers: OutgoingHttpHeaders;
  body: Buffer;
}

/** Passes a request on to the peer and reads its whole answer. */
export function createForward(upstream: string): {
  send(request: IncomingMessage, body: Buffer): Promise<Answer>;
  close(): void;
} {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port, host } = new URL(upstream);
  return {
    send: (request, body) =>
      new Promise((resolve, reject) => {
        const headers = { ...request.headers, host, 'content-length': String(body.length) };
        delete headers['transfer-encoding'];
        const options = { agent, hostname, port, method: request.method, path: request.url, headers };
        const outgoing = httpRequest(options, (answer) => {
          readAll(answer).then(
            (read) => resolve({ status: answer.statusCode ?? 502, headers: { ...answer.headers }, body: read }),
            reject,
          );
        });
        outgoing.on('error', reject);
        outgoing.end(body);
      }),
    close: () => agent.destroy(),
  };
}
