import { connect, type Socket } from 'node:net';
import { pino } from 'pino';
import { systemClock } from '../../src/core/clock.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { createWebServer, type WebServerDeps } from '../../src/web/server.ts';

export interface TestServer {
  readonly port: number;
  readonly url: string;
  readonly stored: Uint8Array[];
  /** Lines that were logged. */
  readonly lines: Array<Record<string, unknown>>;
  metrics(): Promise<string>;
  close(): Promise<void>;
}

/** A real server on a free loopback port that keeps what it is asked to store. */
export async function startServer(overrides: Partial<WebServerDeps> = {}): Promise<TestServer> {
  const stored: Uint8Array[] = [];
  const lines: Array<Record<string, unknown>> = [];
  const registry = createMetricsRegistry();
  const server = createWebServer({
    host: '127.0.0.1',
    port: 0,
    tokens: ['new-token', 'old-token'],
    store: async (body) => {
      stored.push(body);
      return { kind: 'stored' };
    },
    ready: async () => ({
      writable: true,
      configVersion: 'v1',
      slack: 'up',
      alertmanager: 'up',
      started: true,
      waiting: 0,
      parked: 0,
      held: false,
    }),
    metricsText: () => registry.metrics(),
    ackLinks: () => null,
    clock: systemClock,
    logger: pino({ level: 'info' }, { write: (line) => lines.push(JSON.parse(line)) }),
    metrics: registry,
    ...overrides,
  });
  const { port } = await server.listen();
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    stored,
    lines,
    metrics: () => registry.metrics(),
    close: () => server.close(),
  };
}

/** POSTs to the webhook with the current token. */
export function post(server: TestServer, body: Uint8Array | string, headers: Record<string, string> = {}) {
  return fetch(`${server.url}/webhooks/alertmanager`, {
    method: 'POST',
    body: typeof body === 'string' ? body : Buffer.from(body),
    headers: { authorization: 'Bearer new-token', ...headers },
  });
}

export interface RawConnection {
  readonly socket: Socket;
  /** Everything the server sent until it closed, and how the connection ended. */
  readonly ended: Promise<{ text: string; error: string | null; seconds: number }>;
}

/** A bare TCP connection. */
export function rawConnection(port: number): RawConnection {
  const socket = connect(port, '127.0.0.1');
  const startedAt = performance.now();
  const ended = new Promise<{ text: string; error: string | null; seconds: number }>((resolve) => {
    let text = '';
    let error: string | null = null;
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('error', (thrown: NodeJS.ErrnoException) => {
      error = thrown.code ?? 'error';
    });
    socket.on('close', () => resolve({ text, error, seconds: (performance.now() - startedAt) / 1000 }));
  });
  return { socket, ended };
}
