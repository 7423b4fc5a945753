import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect as connectTcp, type Socket } from 'node:net';
import type { Client, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import type { SshHostConfig } from '../core/config/config.ts';
import { type SshFault, sayAuthFailure, saySshFailure, sshFault } from './ssh-fault.ts';

export interface SshTarget {
  /** Its name in hosts.yml. */
  readonly host: string;
  readonly config: SshHostConfig;
  /** Socket of the agent; null: there is none. */
  readonly agent: string | null;
  /** Is told which key the host showed. */
  readonly onKey?: OnHostKey;
}

/** Takes what a connection saw of a host's key; `shown` is empty when it is the pinned one. Fingerprints as in hosts.yml. */
export type OnHostKey = (seen: {
  readonly host: string;
  readonly pinned: string;
  readonly shown: readonly string[];
}) => void;

const KEEP_ALIVE_MS = 5_000;
/** Unanswered questions before a connection counts as dead. */
const MOST_UNANSWERED = 3;

const KEY_TYPES: ReadonlyArray<readonly [name: RegExp, algorithms: ServerHostKeyAlgorithm[]]> = [
  [/^ssh-ed25519$/, ['ssh-ed25519']],
  [/^ecdsa-/, ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521']],
  [/^ssh-rsa$/, ['rsa-sha2-512', 'rsa-sha2-256']],
];

/** Loads what speaks SSH, once; before any time is measured that is meant for a host. */
export async function loadSsh(): Promise<typeof import('ssh2')> {
  const { default: ssh2 } = await import('ssh2');
  return ssh2;
}

/**
 * Opens one connection to a host whose key has the pinned fingerprint; rejects with an `SshFault`, also when it is not
 * there within `withinMs`. Where the host has several keys, each kind is asked for before the key counts as changed;
 * until it is the right one nothing but the key exchange is sent.
 */
export async function connectSsh(target: SshTarget, withinMs: number): Promise<Client> {
  const deadline = performance.now() + withinMs;
  const login = await loginOf(target);
  const refused = new Set<string>();
  const shown: string[] = [];
  for (;;) {
    const algorithms = KEY_TYPES.filter(([type]) => ![...refused].some((each) => type.test(each)));
    const attempt = await tryOnce(target, login, {
      algorithms: algorithms.flatMap(([, names]) => names),
      withinMs: deadline - performance.now(),
    });
    if (attempt.kind === 'open') {
      tellKey(target, []);
      return attempt.client;
    }
    if (attempt.kind === 'other-key') {
      refused.add(attempt.type);
      shown.push(attempt.fingerprint);
    }
    if (attempt.kind === 'failed' && !(shown.length > 0 && attempt.isNoCommonKey)) throw attempt.fault;
    const isLast = attempt.kind === 'failed' || refused.size >= KEY_TYPES.length;
    if (!isLast) continue;
    tellKey(target, shown);
    throw hostKeyChanged(target, shown);
  }
}

function tellKey({ host, config, onKey }: SshTarget, shown: readonly string[]): void {
  onKey?.({ host, pinned: config.hostKey, shown: shown.map((each) => `SHA256:${each}`) });
}

function hostKeyChanged({ host, config }: SshTarget, shown: readonly string[]): SshFault {
  const others = shown.map((each) => `SHA256:${each}`).join(', ');
  return sshFault(
    'HOST_KEY_CHANGED',
    `${host} does not show the pinned host key: it shows ${others}, hosts.yml has ${config.hostKey}; nothing was sent`,
    'ask who changed that machine before you change host_key: somebody may stand between',
  );
}

type Login = Pick<ConnectConfig, 'privateKey' | 'agent' | 'authHandler'>;

async function loginOf({ host, config, agent }: SshTarget): Promise<Login> {
  const login: Login = {};
  if (config.keyFile !== null) login.privateKey = await readKey(host, config.keyFile);
  if (config.agent === true && agent !== null) login.agent = agent;
  const ways = [
    ...(login.privateKey === undefined ? [] : (['publickey'] as const)),
    ...(login.agent === undefined ? [] : (['agent'] as const)),
  ];
  if (ways.length > 0) return { ...login, authHandler: ways };
  const hint = config.agent === true ? 'start an agent and set SSH_AUTH_SOCK for gianna-ops' : 'write key_file: there';
  throw sshFault('KEY_UNREADABLE', `there is no key to log in to ${host} with`, hint);
}

async function readKey(host: string, keyFile: string): Promise<string> {
  if (keyFile.startsWith('-----BEGIN')) return keyFile;
  try {
    return await readFile(keyFile, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    const message = `the key of ${host} (${keyFile}) cannot be read (${code})`;
    throw sshFault('KEY_UNREADABLE', message, 'make it readable for the account of gianna-ops, mode 0600');
  }
}

type Attempt =
  | { readonly kind: 'open'; readonly client: Client }
  | { readonly kind: 'other-key'; readonly type: string; readonly fingerprint: string }
  | { readonly kind: 'failed'; readonly fault: SshFault; readonly isNoCommonKey: boolean };

interface Bounds {
  readonly algorithms: ServerHostKeyAlgorithm[];
  readonly withinMs: number;
}

async function tryOnce(target: SshTarget, login: Login, { algorithms, withinMs }: Bounds): Promise<Attempt> {
  const { host, config } = target;
  const ssh2 = await loadSsh();
  const client = new ssh2.Client();
  const socket = connectTcp({ host: config.address, port: config.port, noDelay: true });
  const seen: Seen = { isConnected: false, key: null };
  socket.once('connect', () => {
    seen.isConnected = true;
  });
  return new Promise((resolve) => {
    const end = (attempt: Attempt) => {
      clearTimeout(timer);
      socket.off('error', fail);
      client.off('error', fail).off('close', closed);
      client.on('error', () => undefined); // what comes after the login ends in `close`
      if (attempt.kind !== 'open') discard(client, socket);
      resolve(attempt);
    };
    const closed = () => fail('closed');
    const fail = (error: unknown) => end(failed(target, seen, error));
    const timer = setTimeout(() => fail('timeout'), Math.max(0, withinMs));
    client.once('ready', () => {
      acknowledgeAtOnce(client, socket);
      end({ kind: 'open', client });
    });
    client.on('error', fail);
    client.once('close', closed);
    socket.once('error', fail);
    try {
      client.connect({
        ...login,
        sock: socket,
        username: config.user,
        readyTimeout: 0,
        keepaliveInterval: KEEP_ALIVE_MS,
        keepaliveCountMax: MOST_UNANSWERED,
        algorithms: { serverHostKey: algorithms },
        hostVerifier: (key: Buffer) => {
          seen.key = keyOf(key);
          return seen.key.fingerprint === config.hostKey.replace(/^SHA256:|=+$/g, '');
        },
      });
    } catch (error) {
      const hint = 'it may be no private key, or one with a passphrase: give one without, or use agent: true';
      const words = error instanceof Error ? error.message : 'unknown reason';
      const fault = sshFault('KEY_UNREADABLE', `the key of ${host} cannot be used: ${words}`, hint);
      end({ kind: 'failed', fault, isNoCommonKey: false });
    }
  });
}

const MOST_ACKNOWLEDGED = 4;

/**
 * After the login sshd sends small packets that nobody asked for (its other keys, debug lines), with Nagle's algorithm:
 * the answer to the first question then waits for their acknowledgement, which the kernel here delays by 40 ms (RFC 1122,
 * 4.2.3.2). Whatever we send carries it; this is a request that changes nothing: to end a forwarding that there is not.
 */
function acknowledgeAtOnce(client: Client, socket: Socket): void {
  let left = MOST_ACKNOWLEDGED;
  const acknowledge = () => {
    left -= 1;
    if (left === 0) socket.off('data', acknowledge);
    if (socket.writable) client.unforwardIn('localhost', 0, () => undefined);
  };
  socket.on('data', acknowledge);
}

interface Seen {
  isConnected: boolean;
  key: { readonly type: string; readonly fingerprint: string } | null;
}

function failed({ host, config }: SshTarget, { isConnected, key }: Seen, error: unknown): Attempt {
  const level = error instanceof Error && 'level' in error ? String(error.level) : '';
  const message = error instanceof Error ? error.message : '';
  if (key !== null && key.fingerprint !== config.hostKey.replace(/^SHA256:|=+$/g, '')) {
    return { kind: 'other-key', ...key };
  }
  const isNoCommonKey = message.includes('no matching host key format');
  const fault =
    level === 'client-authentication'
      ? sayAuthFailure(host, config)
      : saySshFailure({ host, config, isConnected, error });
  return { kind: 'failed', fault, isNoCommonKey };
}

/** The key as the host shows it begins with its type (RFC 4253, 6.6): four bytes of length, then the name. */
function keyOf(key: Buffer): { type: string; fingerprint: string } {
  const type = key.toString('latin1', 4, 4 + key.readUInt32BE(0));
  return { type, fingerprint: createHash('sha256').update(key).digest('base64').replace(/=+$/, '') };
}

/** Errors that come after are of no interest, but must be heard. */
function discard(client: Client, socket: Socket): void {
  socket.on('error', () => undefined);
  client.destroy();
  socket.destroy();
}
