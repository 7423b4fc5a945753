import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';

export interface TestHttpService {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  /** Connections taken so far. */
  connections(): number;
  stop(): Promise<void>;
}

/** A real HTTP server on a free port of 127.0.0.1. */
export async function startHttpService(listener: RequestListener): Promise<TestHttpService> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer(listener);
  server.on('connection', (socket) => {
    connections++;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    connections: () => connections,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A listener that gives everybody the same JSON answer. */
export function answerJson(status: number, body: unknown): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
}
