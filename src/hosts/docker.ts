import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { ContainerInspectInfo } from 'dockerode';
import type { ContainerSelector } from '../core/config/config.ts';
import { OpsError, refuse, transient } from '../core/errors.ts';
import type { EngineDoor } from './docker-door.ts';
import { type DockerLogLine, demultiplex, stampedLines } from './docker-log.ts';
import { firstLine } from './printable.ts';

/** What the engine says about one container (`GET /containers/<id>/json`). */
export type ContainerDetails = ContainerInspectInfo;

/** One Docker Engine, as far as the bot uses it. Errors are `OpsError`s, but those of calls that act. */
export interface DockerEngine {
  /** Its release and the newest API it speaks: `20.10.24`, `1.41`. */
  version(): Promise<{ readonly release: string; readonly api: string }>;
  /** Containers that the selector names, stopped ones too, sorted by name; one-off ones of `compose run` are left out. */
  find(selector: ContainerSelector): Promise<FoundContainer[]>;
  /** Refused (`CONTAINER_GONE`) when no container has this id. */
  inspect(id: string): Promise<ContainerDetails>;
  /**
   * One `POST /containers/<id>/restart?t=<seconds>`. Never cut short from this side: engines 23.0 to 24.0.6 leave the
   * container stopped when the request is cut (FAULTS.md, A3). Rejects with what the engine or the socket said.
   */
  restart(id: string, stopSeconds: number): Promise<void>;
  /** One `POST /containers/<id>/start`, as `restart`; 304 rejects too: it runs already. */
  start(id: string): Promise<void>;
  /** One `POST /containers/<id>/stop?t=<seconds>`, as `restart`; 304 rejects too: it does not run. */
  stop(id: string, stopSeconds: number): Promise<void>;
  /** Any other call that only reads (`/services`): JSON of foreign shape. Objects in the query are written as JSON. */
  get(path: string, query?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Any other call that acts, as `restart`. */
  post(path: string, query: Readonly<Record<string, unknown>>, body: unknown): Promise<unknown>;
  /** One `DELETE /containers/<id>`, as `restart`: it must not run any more. Its volumes stay. */
  remove(id: string): Promise<void>;
  /** The last lines that a container wrote, oldest first; never more than about 4 MiB is read. */
  logs(id: string, options: DockerLogOptions): Promise<DockerLogLine[]>;
  /** The same of all tasks of a Swarm service, `tail` lines of each. */
  serviceLogs(id: string, hasTerminal: boolean, options: DockerLogOptions): Promise<DockerLogLine[]>;
}

export interface DockerLogOptions {
  readonly tail: number;
  /** Epoch seconds. */
  readonly since: number;
  readonly signal: AbortSignal;
}

export interface FoundContainer {
  readonly id: string;
  /** Without the leading slash. */
  readonly name: string;
}

const READ_TIMEOUT_MS = 10_000;
const SHORTEST_ID = 12;

/** The engine behind a door. The client is loaded at the first call, so that a start without Docker stays quick. */
export function createDockerEngine(door: EngineDoor): DockerEngine {
  const reading = lazily(() => connect(door, READ_TIMEOUT_MS));
  const acting = lazily(() => connect(door, null));
  return {
    version: async () => {
      const { Version: release, ApiVersion: api } = await asked(door.name, async () => (await reading()).version());
      return { release, api };
    },
    find: async (selector) => {
      const filters = 'label' in selector ? { label: [selector.label] } : {};
      const list = await asked(door.name, async () => (await reading()).listContainers({ all: true, filters }));
      return list
        .filter((each) => matches(each, selector))
        .map((each) => ({ id: each.Id, name: nameOf(each) }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    inspect: (id) => asked(door.name, async () => (await reading()).getContainer(id).inspect()),
    restart: async (id, stopSeconds) => {
      const client = await acting();
      await client.getContainer(id).restart({ t: stopSeconds });
    },
    start: async (id) => {
      const client = await acting();
      await client.getContainer(id).start();
    },
    stop: async (id, stopSeconds) => {
      const client = await acting();
      await client.getContainer(id).stop({ t: stopSeconds });
    },
    get: (path, query = {}) =>
      asked(door.name, async () => dial(await reading(), { path, method: 'GET', options: query })),
    post: async (path, query, body) => {
      const options = { _query: query, _body: body };
      return dial(await acting(), { path, method: 'POST', options });
    },
    remove: async (id) => {
      const client = await acting();
      await client.getContainer(id).remove();
    },
    logs: (id, options) =>
      asked(door.name, async () => {
        const client = await reading();
        const { Config } = await client.getContainer(id).inspect();
        const answer = await readLogs(client, `/containers/${id}`, options);
        return stampedLines(demultiplex(answer, Config.Tty));
      }),
    serviceLogs: (id, hasTerminal, options) =>
      asked(door.name, async () => {
        const answer = await readLogs(await reading(), `/services/${id}`, options);
        return stampedLines(demultiplex(answer, hasTerminal));
      }),
  };
}

async function connect(door: EngineDoor, timeoutMs: number | null): Promise<Docker> {
  const [{ default: Engine }, options] = await Promise.all([import('dockerode'), door.options()]);
  return new Engine({ ...options, ...(timeoutMs === null ? {} : { timeout: timeoutMs }) });
}

const WELL = { 200: true, 201: true, 204: true };

/** A call of the Engine API that dockerode has no typed word for. */
function dial(client: Docker, { path, ...call }: { path: string; method: 'GET' | 'POST'; options: object }) {
  return new Promise<unknown>((resolve, reject) => {
    client.modem.dial({ ...call, path: `${path}?`, statusCodes: WELL }, (error: unknown, answer: unknown) =>
      error ? reject(error) : resolve(answer),
    );
  });
}

const MOST_LOG_BYTES = 4 * 1024 * 1024;

/**
 * dockerode's own `logs` keeps the whole answer in memory unless it follows: asked below it, as a stream that is ended
 * when it is enough.
 */
async function readLogs(client: Docker, of: string, { tail, since, signal }: DockerLogOptions): Promise<Buffer> {
  const options = { stdout: true, stderr: true, timestamps: true, follow: false, tail, since };
  const statusCodes = { 200: true, 404: 'no such container', 500: 'server error' };
  const path = `${of}/logs?`;
  const stream = await new Promise<Readable>((resolve, reject) => {
    const call = { path, method: 'GET', isStream: true, statusCodes, options };
    client.modem.dial(call, (error: unknown, answer: unknown) => (error ? reject(error) : resolve(answer as Readable)));
  });
  const stop = () => stream.destroy();
  signal.addEventListener('abort', stop, { once: true });
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes > MOST_LOG_BYTES) break;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stream.destroy();
  }
  return Buffer.concat(chunks);
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    // a failed one is tried again: the file that was missing may be there by then
    made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}

interface Listed {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
}

function matches(container: Listed, selector: ContainerSelector): boolean {
  if ('name' in selector) return container.Names.includes(`/${selector.name.replace(/^\//, '')}`);
  if ('id' in selector) return selector.id.length >= SHORTEST_ID && container.Id.startsWith(selector.id);
  return container.Labels['com.docker.compose.oneoff'] !== 'True';
}

function nameOf(container: Listed): string {
  return (container.Names[0] ?? container.Id.slice(0, SHORTEST_ID)).replace(/^\//, '');
}

/** Asks with an end: a response that breaks off half-way would otherwise be waited for, for ever. */
async function asked<T>(at: string, ask: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
      READ_TIMEOUT_MS + 500,
    );
  });
  try {
    return await Promise.race([ask(), late]);
  } catch (error) {
    throw engineError(at, error);
  } finally {
    clearTimeout(timer);
  }
}

function engineError(at: string, error: unknown): OpsError {
  const { statusCode, said } = sayEngineError(error);
  if (statusCode === 404) {
    return refuse('CONTAINER_GONE', `The container is gone: ${said}.`, 'Plan again: it may have been created anew.');
  }
  return transient(
    'DOCKER_UNREACHABLE',
    `The Docker Engine at ${at} did not answer: ${said}.`,
    'Check that dockerd runs and that the account of gianna-ops may use its socket.',
    error,
  );
}

const SOCKET_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'the socket is not there',
  ECONNREFUSED: 'connection refused',
  EACCES: 'permission denied',
  ECONNRESET: 'the connection was closed before the answer',
  EPIPE: 'the connection was closed before the answer',
  ETIMEDOUT: 'no answer in time',
  ENOTFOUND: 'no name server knows the address',
  EHOSTUNREACH: 'no route to the host',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name than the one in url',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not signed by ca_file',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not signed by ca_file',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not signed by ca_file',
  EPROTO: 'it does not take our certificate, or does not speak TLS',
};

/** The call never left: there was no connection to put it on. */
const NOT_SENT: ReadonlySet<string> = new Set([
  'ENOENT',
  'ECONNREFUSED',
  'EACCES',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'TLS_FILE',
  'FORWARD_FAILED',
]);

/** What an engine's refusal or a broken socket comes to, in words; `sent` is false when the call never left. */
export function sayEngineError(error: unknown): { statusCode: number | null; said: string; sent: boolean } {
  if (!(error instanceof Error)) return { statusCode: null, said: 'unknown error', sent: true };
  const statusCode = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : null;
  const code = 'code' in error ? String(error.code) : '';
  const sent = !(error instanceof OpsError || NOT_SENT.has(code));
  const words = code.startsWith('ERR_SSL_') ? SOCKET_ERRORS.EPROTO : SOCKET_ERRORS[code];
  return { statusCode, said: words ?? firstLine(error.message), sent };
}
