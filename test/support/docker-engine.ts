import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { until } from './process.ts';

export interface TestEngine {
  readonly socket: string;
  /** Its network namespace, below /run/netns; containers with `network: 'host'` listen there. */
  readonly namespace: string;
  readonly docker: Docker;
  /** Creates and starts a container of the busybox image; `healthcheck` runs once a second. */
  run(name: string, options?: RunOptions): Promise<string>;
  /** Ends the daemon itself, as a crash would. */
  kill(): Promise<void>;
  /** Starts the daemon again after `kill`. */
  revive(): Promise<void>;
  /** Removes every container and the engine; a killed one is started once more, since its containers outlive it. */
  stop(): Promise<void>;
}
export interface RunOptions {
  readonly argv?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly restart?: 'no' | 'always';
  readonly healthcheck?: readonly string[];
  /** `host`: the engine's own namespace, whose loopback is up. */
  readonly network?: 'none' | 'host';
}

const IMAGE = 'test-busybox:1';
const WAITS = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done'];

/** What is missing for a private Docker Engine here, in words; null when nothing is. */
export function whyNoEngine(): string | null {
  if (process.getuid?.() !== 0) return 'a private Docker Engine needs root';
  for (const program of ['/usr/sbin/dockerd', '/bin/busybox', '/usr/bin/nsenter', '/usr/sbin/ip']) {
    try {
      accessSync(program, constants.X_OK);
    } catch {
      return `${program} is not installed`;
    }
  }
  return null;
}

/**
 * Starts a Docker Engine of the test's own: own network namespace, own folder, own socket, no bridge. It never touches
 * the machine's engine or network (`--bridge=none` in the root namespace would delete docker0). `more`: further
 * arguments of the daemon.
 */
export async function startDockerEngine(more: readonly string[] = []): Promise<TestEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'gianna-docker-'));
  const namespace = `gianna-${randomBytes(4).toString('hex')}`;
  const socket = join(folder, 'docker.sock');
  execFileSync('ip', ['netns', 'add', namespace]);
  execFileSync('ip', ['-n', namespace, 'link', 'set', 'lo', 'up']);
  const paths = [
    '--data-root',
    join(folder, 'data'),
    '--exec-root',
    join(folder, 'exec'),
    '--pidfile',
    join(folder, 'pid'),
  ];
  const argv = [
    `--net=/run/netns/${namespace}`,
    'dockerd',
    '--bridge=none',
    ...paths,
    ...more,
    '-H',
    `unix://${socket}`,
  ];
  let daemon = spawn('nsenter', argv, { stdio: 'ignore' });
  const docker = new Docker({ socketPath: socket });
  async function revive(): Promise<void> {
    daemon = spawn('nsenter', argv, { stdio: 'ignore' });
    await waitUntilReady(docker, daemon);
  }
  const clean = () => {
    execFileSync('ip', ['netns', 'del', namespace]);
    for (const mount of mountsBelow(folder)) execFileSync('umount', ['-l', mount]);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitUntilReady(docker, daemon);
    await importBusybox(docker, folder);
  } catch (error) {
    await end(daemon, 'SIGTERM');
    clean();
    throw error;
  }
  return {
    socket,
    namespace,
    docker,
    run: (name, options = {}) => run(docker, name, options),
    kill: async () => {
      const containerd = Number(readFileSync(join(folder, 'exec/containerd/containerd.pid'), 'utf8'));
      await end(daemon, 'SIGKILL');
      // It dies with the daemon, a moment later; a new daemon that still finds it waits for it in vain.
      await until('containerd has ended', async () => !isAlive(containerd));
    },
    revive,
    stop: async () => {
      if (hasEnded(daemon)) await revive();
      const containers = await docker.listContainers({ all: true }).catch(() => []);
      for (const { Id } of containers) await docker.getContainer(Id).remove({ force: true });
      await end(daemon, 'SIGTERM');
      clean();
    },
  };
}

async function run(docker: Docker, name: string, options: RunOptions): Promise<string> {
  const second = 1_000_000_000;
  const container = await docker.createContainer({
    name,
    Image: IMAGE,
    Cmd: [...(options.argv ?? WAITS)],
    Labels: { ...options.labels },
    HostConfig: { NetworkMode: options.network ?? 'none', RestartPolicy: { Name: options.restart ?? 'no' } },
    ...(options.healthcheck === undefined
      ? {}
      : { Healthcheck: { Test: ['CMD', ...options.healthcheck], Interval: second, Timeout: second, Retries: 1 } }),
  });
  await container.start();
  return container.id;
}

async function waitUntilReady(docker: Docker, daemon: ChildProcess): Promise<void> {
  const isDecided = async () => hasEnded(daemon) || (await docker.ping()) !== undefined;
  await until('dockerd is ready', isDecided, 30_000);
  if (hasEnded(daemon)) throw new Error(`dockerd ended with ${daemon.exitCode}`);
}

async function importBusybox(docker: Docker, folder: string): Promise<void> {
  const root = join(folder, 'root');
  mkdirSync(join(root, 'bin'), { recursive: true });
  await copyFile('/bin/busybox', join(root, 'bin', 'busybox'));
  for (const name of ['sh', 'sleep', 'test', 'touch', 'true', 'false', 'rm', 'date']) {
    execFileSync('ln', ['-s', 'busybox', join(root, 'bin', name)]);
  }
  mkdirSync(join(root, 'tmp'));
  const tar = join(folder, 'root.tar');
  execFileSync('tar', ['-C', root, '-cf', tar, '.']);
  const [repo, tag] = IMAGE.split(':');
  const answer = await docker.importImage(tar, { repo, tag });
  await new Promise<void>((resolve, reject) => {
    answer.on('end', resolve);
    answer.on('error', reject);
    answer.resume();
  });
  if ((await docker.listImages()).length === 0) throw new Error('the image was not imported');
}

/** What a killed daemon left mounted, the deepest first. */
function mountsBelow(folder: string): string[] {
  const points = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  return points.filter((point) => point.startsWith(`${folder}/`)).sort((a, b) => b.length - a.length);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // ESRCH
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return;
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await exit;
  clearTimeout(force);
}
