import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { systemClock } from '../src/core/clock.ts';
import type { HostConfig } from '../src/core/config/config.ts';
import { createShells, type Shells } from '../src/hosts/shells.ts';
import { startDockerEngine, type TestEngine, whyNoEngine } from '../test/support/docker-engine.ts';
import { type NamespaceHost, startNamespaceHosts, whyNoHosts } from '../test/support/namespace-hosts.ts';
import { mayRun } from '../test/support/need.ts';
import { configOf } from '../test/support/probe-config.ts';
import { type Figure, median, type Row, ratioRow } from './support/figure.ts';

const WARM_ROUNDS = 60;
const SETTLE_MS = 150;
const COLD_ROUNDS = 15;
const RESTART_ROUNDS = 10;
const STOP_SECONDS = 10;
const run = promisify(execFile);

/**
 * Figure 8: a program on a host beside OpenSSH, over a kept connection (ControlMaster) and over a new one; a container's
 * restart beside the bare call to the engine. Cases in turn, medians.
 */
export const hosts: Figure = { figure: 8, name: 'command on a host', run: measure };

async function measure(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'gianna-bench-'));
  try {
    return [...(await measureSsh(folder)), ...(await measureDocker(folder))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function shellsOf(host: HostConfig, stateFolder: string): Shells {
  const config = configOf({ hosts: { there: host } });
  const logger = pino({ enabled: false });
  return createShells({ config, clock: systemClock, logger, stateFolder, sshAgent: null, installation: 'bench' });
}

async function measureSsh(folder: string): Promise<Row[]> {
  if (!mayRun(whyNoHosts())) return [];
  const world = await startNamespaceHosts(['there']);
  const [host] = world.hosts;
  if (host === undefined) return [];
  const control = join(folder, 'control');
  const shells = shellsOf(host.config(), folder);
  try {
    const master = sshArgv(host, world.keyFile, ['-o', `ControlPath=${control}`]);
    await run('ssh', sshArgv(host, world.keyFile, ['-M', '-N', '-f', '-o', `ControlPath=${control}`]));
    const warm = await inTurn(WARM_ROUNDS, {
      // The shell that waits for the next program is opened after this one: not beside the peer's turn.
      before: () => pause(SETTLE_MS),
      ours: () => runTrue(shells),
      peer: () => run('ssh', [...master, '/bin/true']),
    });
    const cold = await inTurn(COLD_ROUNDS, {
      ours: async () => {
        const fresh = shellsOf(host.config(), folder);
        await runTrue(fresh);
        await fresh.close();
      },
      peer: () => run('ssh', [...sshArgv(host, world.keyFile, []), '/bin/true']),
    });
    await run('ssh', sshArgv(host, world.keyFile, ['-o', `ControlPath=${control}`, '-O', 'exit']));
    return [rowOf('warm, beside ControlMaster', warm, 0.4), rowOf('cold, beside a new ssh', cold, 0.4)];
  } finally {
    await shells.close();
    await world.stop();
  }
}

async function runTrue(shells: Shells): Promise<void> {
  const { exitCode, failure } = await shells.of('there').run(['/bin/true'], { timeoutMs: 10_000, maxBytes: 1000 });
  if (exitCode !== 0) throw new Error(failure ?? `exit ${exitCode}`);
}

/** As FAULTS.md A3 has it, but that the key of a host made a moment ago is in no list. */
function sshArgv({ address }: NamespaceHost, keyFile: string, more: readonly string[]): string[] {
  const known = ['-o', 'UserKnownHostsFile=/dev/null', '-o', 'StrictHostKeyChecking=no', '-o', 'LogLevel=ERROR'];
  return ['-F', 'none', '-i', keyFile, '-o', 'BatchMode=yes', ...known, ...more, '--', `root@${address}`];
}

async function measureDocker(folder: string): Promise<Row[]> {
  if (!mayRun(whyNoEngine())) return [];
  const engine = await startDockerEngine();
  const shells = shellsOf({ connect: 'docker', socket: engine.socket, roles: [] }, folder);
  try {
    const id = await engine.run('bench');
    const restart = await inTurn(RESTART_ROUNDS, {
      ours: () => shells.engineOf('there').restart(id, STOP_SECONDS),
      peer: () => callBare(engine, id),
    });
    return [rowOf('container restart, beside the bare call', restart, 1.05)];
  } finally {
    await shells.close();
    await engine.stop();
  }
}

function callBare({ socket }: TestEngine, id: string): Promise<void> {
  const path = `/containers/${id}/restart?t=${STOP_SECONDS}`;
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: socket, path, method: 'POST', agent: false }, (answer) => {
      answer.resume().once('end', resolve);
    });
    call.once('error', reject).end();
  });
}

interface Pair {
  /** Before each turn, not measured. */
  readonly before?: () => Promise<unknown>;
  readonly ours: () => Promise<unknown>;
  readonly peer: () => Promise<unknown>;
}

/** The first round of both is not counted. */
async function inTurn(rounds: number, { before, ours, peer }: Pair): Promise<{ ours: number; peer: number }> {
  const times = { ours: [] as number[], peer: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    await before?.();
    const pair = { peer: await timed(peer), ours: await timed(ours) };
    if (round === 0) continue;
    times.ours.push(pair.ours);
    times.peer.push(pair.peer);
  }
  return { ours: median(times.ours), peer: median(times.peer) };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function rowOf(what: string, { ours, peer }: { ours: number; peer: number }, atMost: number): Row {
  return ratioRow({ figure: 8, name: hosts.name, case: what, value: ours, unit: 'ms' }, peer, { atMost });
}
