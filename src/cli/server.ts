import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, unlink } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { OpsError, refuse, reportError } from '../core/errors.ts';
import type { OpsApi } from './api.ts';
import { callerOf } from './callers.ts';
import { createRoutes, type Routes } from './routes.ts';

const BODY_LIMIT = 1024 * 1024;
const GRACE_MS = 1000;
/** Longest path of a Unix socket on Linux (sun_path without its closing NUL). */
const LONGEST_PATH = 107;

export interface CliServerOptions {
  /** Of the Unix socket; its folder is made when it is missing. */
  readonly path: string;
  readonly api: OpsApi;
  readonly logger: Logger;
  /** Wall time, epoch ms. */
  readonly now: () => number;
}
export interface CliServer {
  /** Listens with mode 0600. A socket whose owner is dead is taken over; a living one is a refusal (`SOCKET_IN_USE`). */
  listen(): Promise<void>;
  /** Answers what is in hand for a second at most, then closes. */
  close(): Promise<void>;
}

/** The running bot's side of the CLI: JSON over HTTP on a Unix socket that only its own user can open. */
export function createCliServer({ path, api, logger, now }: CliServerOptions): CliServer {
  const routes = createRoutes(api, now);
  const server = createServer((request, response) => {
    answer({ routes, api, logger }, request, response).catch((error: unknown) => {
      logger.warn({ err: error }, 'cli answer could not be sent');
      response.destroy();
    });
  });
  return {
    listen: async () => {
      if (Buffer.byteLength(path) > LONGEST_PATH) {
        throw refuse('SOCKET_PATH_LONG', `The socket path ${path} is too long.`, 'Set GIANNA_SOCKET to a shorter one.');
      }
      await mkdir(dirname(path), { recursive: true });
      await removeStale(path);
      await listenPrivately(server, path);
      logger.info({ path }, 'cli socket open');
    },
    close: () => closeServer(server),
  };
}

interface Door extends Pick<CliServerOptions, 'api' | 'logger'> {
  readonly routes: Routes;
}

async function answer({ routes, api, logger }: Door, request: IncomingMessage, response: ServerResponse) {
  const name = (request.url ?? '').replace(/^\/v1\//, '');
  try {
    const route = request.method === 'POST' ? routes.get(name) : undefined;
    if (route === undefined) {
      throw refuse('ROUTE_UNKNOWN', 'This bot does not know that request.', 'Use the CLI of the same version.');
    }
    const input = await readJson(request);
    const value = await route(input, await callerOf(request.headers.authorization, api));
    send(response, 200, value);
  } catch (error) {
    const reference = randomBytes(4).toString('hex');
    const isBug = !(error instanceof OpsError) || error.family === 'bug';
    if (isBug) logger.error({ err: error, reference, route: name }, 'cli request failed');
    send(response, isBug ? 500 : 409, reportError(error, reference));
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // What is too much is read and dropped: an answer before the end of the body would meet a reset.
    if (size <= BODY_LIMIT) chunks.push(chunk);
  }
  if (size > BODY_LIMIT) throw refuse('BODY_TOO_LARGE', 'The request is too large.', 'Send less than 1 MiB.');
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}');
  } catch {
    throw refuse('BAD_REQUEST', 'The request is no JSON.', 'Use the CLI of the same version.');
  }
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value ?? null));
}

async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return;
  if (!found.isSocket()) {
    throw refuse('SOCKET_PATH_TAKEN', `${path} exists and is no socket.`, 'Move it away or set GIANNA_SOCKET.');
  }
  if (await isAlive(path)) {
    throw refuse('SOCKET_IN_USE', `Another bot answers on ${path}.`, 'Stop it first, or set GIANNA_SOCKET.');
  }
  await unlink(path);
}

function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function listenPrivately(server: Server, path: string): Promise<void> {
  // The mask makes the socket private from its first moment; chmod says so where a file system ignores the mask.
  const mask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } finally {
    process.umask(mask);
  }
  await chmod(path, 0o600);
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const force = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearTimeout(force);
}
