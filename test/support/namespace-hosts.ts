import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SshHostConfig } from '../../src/core/config/config.ts';
import { type Running, startProcess, until } from './process.ts';

/** Machines with sshd, each in a network namespace of its own on one bridge, reachable from this process. */
export interface NamespaceHosts {
  readonly hosts: readonly NamespaceHost[];
  /** The key that logs in on each, as `root`. */
  readonly keyFile: string;
  /** An address of the same network at which nobody is, and from which nothing comes back. */
  readonly nobody: string;
  stop(): Promise<void>;
}

export interface NamespaceHost {
  readonly name: string;
  readonly address: string;
  readonly namespace: string;
  /** The fingerprint of a second key of another kind that it has, which a client is offered last. */
  readonly otherKey: string;
  /** Home of whoever logs in there. */
  readonly home: string;
  /** As hosts.yml has it after resolving. */
  config(parts?: Partial<SshHostConfig>): SshHostConfig;
  /** The daemon gets another key, and is started again; connections end. */
  changeKey(): Promise<void>;
  /** SIGSTOP for the daemon and all its sessions; not for what runs in them. */
  freeze(): void;
  thaw(): void;
  /** Nothing that it sends arrives any more, whatever it gets. */
  blackHole(): void;
  unblackHole(): void;
  /** Ends the daemon and its sessions at once; what runs in them goes on. */
  cut(): void;
  /** Starts the daemon again after `cut`. */
  revive(): Promise<void>;
  /** Its namespace is destroyed with all that runs and all that is set in it, and made again; its files stay. */
  reboot(): Promise<void>;
}

const NEEDED = ['/usr/sbin/sshd', '/usr/bin/ssh-keygen', '/usr/bin/nsenter', '/usr/sbin/ip'];

/** What is missing for hosts in namespaces here, in words; null when nothing is. */
export function whyNoHosts(): string | null {
  if (process.getuid?.() !== 0) return 'hosts in network namespaces need root';
  for (const program of NEEDED) {
    try {
      accessSync(program, constants.X_OK);
    } catch {
      return `${program} is not installed`;
    }
  }
  return null;
}

/** Starts `names.length` hosts, each at one address unless `sshd`, lines of its configuration, says otherwise. What a mistake would send to their range goes nowhere: it never leaves the machine. */
export async function startNamespaceHosts(
  names: readonly string[],
  sshd: readonly string[] = [],
): Promise<NamespaceHosts> {
  const folder = mkdtempSync(join(tmpdir(), 'gianna-hosts-'));
  const id = randomInt(0x1000, 0xffff).toString(16);
  const range = `10.77.${randomInt(1, 255)}`;
  const fabric = `gf-${id}`;
  const undo: Array<() => void> = [() => rmSync(folder, { recursive: true, force: true })];
  const clean = () => {
    for (const each of undo.splice(0).reverse()) each();
  };
  const daemons: Started[] = [];
  const stop = async () => {
    for (const daemon of daemons) await daemon.end();
    clean();
  };
  try {
    mkdirSync('/run/sshd', { recursive: true });
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'login')]);
    execFileSync('ip', ['route', 'add', 'blackhole', `${range}.0/24`, 'metric', '9999']);
    undo.push(() => execFileSync('ip', ['route', 'del', 'blackhole', `${range}.0/24`, 'metric', '9999']));
    addNamespace(fabric, undo);
    execFileSync('ip', ['-n', fabric, 'link', 'add', 'bridge', 'type', 'bridge']);
    execFileSync('ip', ['-n', fabric, 'link', 'set', 'bridge', 'up']);
    plug(fabric, `${id}r`, null, `gv${id}`, `${range}.254/24`);
    undo.push(() => execFileSync('ip', ['link', 'del', `gv${id}`]));
    for (const [index, name] of names.entries()) {
      const namespace = `gh${index}-${id}`;
      addNamespace(namespace, undo);
      const address = `${range}.${index + 1}`;
      const port = `${id}h${index}`;
      const wire = () => plug(fabric, port, namespace, 'eth0', `${address}/24`);
      wire();
      const rebuild = () => {
        // a machine keeps its network card
        const [card] = JSON.parse(
          execFileSync('ip', ['-n', namespace, '-j', 'link', 'show', 'eth0'], { encoding: 'utf8' }),
        );
        execFileSync('ip', ['-n', fabric, 'link', 'del', port]);
        execFileSync('ip', ['netns', 'del', namespace]);
        execFileSync('ip', ['netns', 'add', namespace]);
        execFileSync('ip', ['-n', namespace, 'link', 'set', 'lo', 'up']);
        wire();
        execFileSync('ip', ['-n', namespace, 'link', 'set', 'eth0', 'address', card.address]);
      };
      const place = { name, namespace, address, folder: join(folder, name), login: join(folder, 'login'), sshd };
      daemons.push(await startHost({ ...place, rebuild, gateway: `${range}.254` }));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    hosts: daemons.map(({ host }) => host),
    keyFile: join(folder, 'login'),
    nobody: `${range}.200`,
    stop,
  };
}

function addNamespace(namespace: string, undo: Array<() => void>): void {
  execFileSync('ip', ['netns', 'add', namespace]);
  undo.push(() => execFileSync('ip', ['netns', 'del', namespace]));
  execFileSync('ip', ['-n', namespace, 'link', 'set', 'lo', 'up']);
}

/** A cable from the bridge to a namespace (null: the one of this process). */
function plug(fabric: string, port: string, namespace: string | null, name: string, address: string): void {
  const within = namespace === null ? [] : ['-n', namespace];
  const peer = namespace === null ? ['netns', '1'] : ['netns', namespace];
  execFileSync('ip', ['-n', fabric, 'link', 'add', port, 'type', 'veth', 'peer', 'name', name, ...peer]);
  execFileSync('ip', ['-n', fabric, 'link', 'set', port, 'master', 'bridge', 'up']);
  execFileSync('ip', [...within, 'addr', 'add', address, 'dev', name]);
  execFileSync('ip', [...within, 'link', 'set', name, 'up']);
}

interface Place {
  readonly name: string;
  readonly namespace: string;
  readonly address: string;
  readonly gateway: string;
  readonly folder: string;
  readonly login: string;
  readonly rebuild: () => void;
  /** Lines of its configuration; what stands first counts. */
  readonly sshd: readonly string[];
}

interface Started {
  readonly host: NamespaceHost;
  end(): Promise<void>;
}

async function startHost(place: Place): Promise<Started> {
  const { name, namespace, address, folder, login } = place;
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true });
  writeFileSync(join(folder, 'sshd_config'), configOf(place, home));
  let fingerprint = makeKey(folder, 'ed25519');
  const otherKey = makeKey(folder, 'ecdsa');
  let daemon = await startDaemon(place);
  const restart = async () => {
    signalSessions(namespace, 'SIGKILL');
    await daemon.stop();
    daemon = await startDaemon(place);
  };
  const host: NamespaceHost = {
    name,
    address,
    namespace,
    otherKey,
    home,
    config: (parts = {}) => ({
      connect: 'ssh',
      address,
      port: 22,
      user: 'root',
      keyFile: login,
      agent: false,
      hostKey: fingerprint,
      roles: [],
      ...parts,
    }),
    changeKey: async () => {
      const before = fingerprint;
      fingerprint = makeKey(folder, 'ed25519');
      if (before === fingerprint) throw new Error('the key is the same');
      await restart();
    },
    freeze: () => signalSessions(namespace, 'SIGSTOP'),
    thaw: () => signalSessions(namespace, 'SIGCONT'),
    blackHole: () => void execFileSync('ip', ['-n', namespace, 'route', 'add', 'blackhole', place.gateway]),
    unblackHole: () => void execFileSync('ip', ['-n', namespace, 'route', 'del', 'blackhole', place.gateway]),
    cut: () => signalSessions(namespace, 'SIGKILL'),
    revive: restart,
    reboot: async () => {
      signalAll(namespace);
      await daemon.stop();
      place.rebuild();
      daemon = await startDaemon(place);
    },
  };
  return {
    host,
    end: async () => {
      signalAll(namespace);
      await daemon.stop();
    },
  };
}

function configOf({ address, folder, login, sshd }: Place, home: string): string {
  return [
    ...sshd,
    ...(sshd.some((line) => line.startsWith('ListenAddress')) ? [] : [`ListenAddress ${address}`]),
    `HostKey ${join(folder, 'ed25519')}`,
    `HostKey ${join(folder, 'ecdsa')}`,
    `AuthorizedKeysFile ${login}.pub`,
    `PidFile ${join(folder, 'pid')}`,
    `SetEnv HOME=${home}`,
    'UsePAM no',
    'StrictModes no',
    'PasswordAuthentication no',
    'PermitRootLogin prohibit-password',
    'MaxStartups 100:30:200',
    '',
  ].join('\n');
}

/** A new key of the host; gives its fingerprint. */
function makeKey(folder: string, type: 'ed25519' | 'ecdsa'): string {
  const file = join(folder, type);
  rmSync(file, { force: true });
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file]);
  const told = execFileSync('ssh-keygen', ['-lf', `${file}.pub`], { encoding: 'utf8' });
  return told.split(' ')[1] ?? '';
}

async function startDaemon({ namespace, address, folder }: Place): Promise<Running> {
  const argv = [`--net=/run/netns/${namespace}`, '/usr/sbin/sshd', '-D', '-e', '-f', join(folder, 'sshd_config')];
  const daemon = startProcess('nsenter', argv);
  await until(`sshd of ${namespace} answers`, () => isListening(address), 10_000);
  return daemon;
}

function isListening(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

function pidsIn(namespace: string): number[] {
  const told = execFileSync('ip', ['netns', 'pids', namespace], { encoding: 'utf8' });
  return told
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
}

function signalSessions(namespace: string, signal: NodeJS.Signals): void {
  for (const pid of pidsIn(namespace)) if (commOf(pid) === 'sshd') send(pid, signal);
}

/** Everything that runs there, what was left behind by a test too. */
function signalAll(namespace: string): void {
  for (const pid of pidsIn(namespace)) send(pid, 'SIGKILL');
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended meanwhile
  }
}

function commOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}
