import { readFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import type { DockerOptions } from 'dockerode';
import type { DockerTlsConfig } from '../core/config/config.ts';
import { sha256 } from './digest.ts';
import type { Held, SshLine } from './ssh-line.ts';

/** How one Docker Engine is reached. */
export interface EngineDoor {
  /** The same for the same door; holds no secret. */
  readonly key: string;
  /** For people: `/var/run/docker.sock`, `tcp://10.0.0.3:2376`, `/var/run/docker.sock of web-1`. */
  readonly name: string;
  /** What the client needs. Every call gets a connection of its own: a kept one may be closed just as a call is put on it. */
  options(): Promise<DockerOptions>;
}

/** `host` is given always: without it the client takes DOCKER_HOST from the environment, whatever else is said. */
const NO_HOST = { host: undefined } as unknown as DockerOptions;

/** A Unix socket of this machine. */
export function doorToSocket(socket: string): EngineDoor {
  const agent = new Agent({ keepAlive: false });
  return { key: `socket ${socket}`, name: socket, options: async () => ({ ...NO_HOST, socketPath: socket, agent }) };
}

/** A port with TLS: its certificate is checked by the authority that is named, ours is shown. Files are read at first use. */
export function doorByTls(tls: DockerTlsConfig): EngineDoor {
  const { hostname, port } = new URL(tls.url.replace(/^tcp:/, 'http:'));
  return {
    key: `tls ${sha256(JSON.stringify(tls))}`,
    name: tls.url,
    options: async () => {
      const [ca, cert, key] = await Promise.all([
        readPem(tls.caFile),
        readPem(tls.certFile),
        tls.keyFile.startsWith('-----BEGIN') ? tls.keyFile : readPem(tls.keyFile),
      ]);
      const host = hostname.replace(/^\[|\]$/g, '');
      const agent = new SecureAgent({ keepAlive: false, ca, cert, key, minVersion: 'TLSv1.2' });
      return { host, port: Number(port), protocol: 'https', ca, cert, key, agent };
    },
  };
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw Object.assign(new Error(`${file} cannot be read (${code})`), { code: 'TLS_FILE' });
  }
}

/** A Unix socket of a machine reached by SSH, over its kept connection. */
export function doorBySsh(line: SshLine, socket: string): EngineDoor {
  const agent = new Agent({ keepAlive: false });
  const connect = async (): Promise<Duplex> => {
    const held = await line.take(CONNECT_MS);
    try {
      return await forward(held, line.host, socket);
    } catch (error) {
      held.release();
      throw error;
    }
  };
  // Node gives a callback as the second argument, and takes a stream that is no socket of the system's.
  Object.assign(agent, {
    createConnection: (_options: unknown, done: (error: unknown, stream?: Duplex) => void) => {
      connect().then(
        (stream) => done(null, stream),
        (error: unknown) => done(error),
      );
    },
  });
  return {
    key: `ssh ${line.host} ${socket}`,
    name: `${socket} of ${line.host}`,
    options: async () => ({ ...NO_HOST, socketPath: socket, agent }),
  };
}

const CONNECT_MS = 5_000;

/** A stream to the socket; while it is open, the connection stays. */
function forward(held: Held, host: string, socket: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const settle = () => {
      isOver = true;
      clearTimeout(timer);
      forget();
    };
    const fail = (why: string) => {
      settle();
      const message = `the socket ${socket} of ${host} could not be opened: ${why}`;
      reject(Object.assign(new Error(message), { code: 'FORWARD_FAILED' }));
    };
    const timer = setTimeout(() => fail('no answer in time'), CONNECT_MS);
    const forget = held.onLost(() => fail('the connection broke'));
    try {
      held.client.openssh_forwardOutStreamLocal(socket, (error, channel) => {
        if (isOver) return void channel?.close();
        if (error) return fail(sayRefusal(error));
        settle();
        channel.once('close', held.release);
        resolve(Object.assign(channel, SOCKET_WAYS));
      });
    } catch {
      fail('the connection broke'); // ssh2 throws when the socket has ended before it says so
    }
  });
}

/** What an HTTP client asks of a socket and a channel does not have. */
const SOCKET_WAYS = {
  setTimeout: () => undefined,
  setNoDelay: () => undefined,
  setKeepAlive: () => undefined,
  ref: () => undefined,
  unref: () => undefined,
};

/** RFC 4254, 5.1: 1 prohibited, 2 connect failed. */
function sayRefusal(error: Error): string {
  const reason = 'reason' in error ? Number(error.reason) : 0;
  if (reason === 1) return 'sshd there does not allow it (AllowStreamLocalForwarding)';
  if (reason === 2) return 'it is not there, or that account may not use it';
  return error.message;
}
