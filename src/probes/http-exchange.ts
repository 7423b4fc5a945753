import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';

/** One request on a socket of its own, with the times of its phases in milliseconds since its begin. */
export interface Exchange {
  readonly status: number;
  readonly location: string | null;
  /** Null when it is larger than the cap; what was read of it then is dropped. */
  readonly body: string | null;
  readonly timings: Timings;
}
export interface Timings {
  readonly dnsMs: number | null;
  readonly connectMs: number | null;
  readonly tlsMs: number | null;
  readonly firstByteMs: number | null;
  readonly totalMs: number;
}
export interface ExchangeOptions {
  readonly url: string;
  readonly method: 'GET' | 'HEAD';
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** Makes the exchange; a new socket shows a listener that is dead, which keep-alive would hide. Redirects are not followed. */
export function exchange({ url, method, maxBytes, signal }: ExchangeOptions): Promise<Exchange> {
  const clock = startClock();
  const headers = { 'user-agent': 'gianna-ops', accept: '*/*', 'accept-encoding': 'identity', connection: 'close' };
  const ask = url.startsWith('https:') ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = ask(url, { method, signal, agent: false, headers }, (response) => {
      clock.note('firstByteMs');
      const status = response.statusCode ?? 0;
      const location = response.headers.location ?? null;
      readBody(response, maxBytes).then(
        (body) => resolve({ status, location, body, timings: clock.timings() }),
        reject,
      );
    });
    request.once('socket', (socket) => timeSocket(socket, clock));
    request.once('error', reject);
    request.end();
  });
}

type Phase = Exclude<keyof Timings, 'totalMs'>;

function startClock() {
  const begun = performance.now();
  const noted: Record<Phase, number | null> = { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null };
  const elapsed = () => Math.round((performance.now() - begun) * 10) / 10;
  return {
    note: (phase: Phase) => {
      noted[phase] ??= elapsed();
    },
    timings: (): Timings => ({ ...noted, totalMs: elapsed() }),
  };
}

function timeSocket(socket: Socket, clock: ReturnType<typeof startClock>): void {
  socket.once('lookup', () => clock.note('dnsMs'));
  socket.once('connect', () => clock.note('connectMs'));
  socket.once('secureConnect', () => clock.note('tlsMs'));
}

function readBody(response: IncomingMessage, maxBytes: number): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        resolve(null);
        response.destroy();
        return;
      }
      chunks.push(chunk);
    });
    response.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    response.once('error', reject);
    response.once('close', () => reject(Object.assign(new Error('cut'), { code: 'ECONNRESET' })));
  });
}
