import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { HostConfig } from '../../src/core/config/config.ts';
import type { ProgramOptions } from '../../src/hosts/shell.ts';
import { createShells, type Shells } from '../../src/hosts/shells.ts';
import {
  type NamespaceHost,
  type NamespaceHosts,
  startNamespaceHosts,
  whyNoHosts,
} from '../support/namespace-hosts.ts';
import { mayRun } from '../support/need.ts';
import { configOf } from '../support/probe-config.ts';
import { startProcess, until } from '../support/process.ts';
import type { ShellChildAsked } from '../support/shell-child.ts';

const limits: ProgramOptions = { timeoutMs: 10_000, maxBytes: 10_000 };
const BEYOND_MS = 5_000;

describe.runIf(mayRun(whyNoHosts()))('machines of which one hangs', () => {
  let world: NamespaceHosts;
  let folder: string;
  const opened: Shells[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gianna-ssh-'));
    world = await startNamespaceHosts(['good', 'bad']);
  });
  afterAll(async () => {
    for (const shells of opened) await shells.close();
    await world?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function host(index: number): NamespaceHost {
    const found = world.hosts[index];
    if (found === undefined) throw new Error(`there is no host ${index}`);
    return found;
  }
  function shellsOf(hosts: Record<string, HostConfig> = { good: host(0).config(), bad: host(1).config() }): Shells {
    const logger = pino({ enabled: false });
    const config = configOf({ hosts });
    const deps = { config, clock: systemClock, logger, stateFolder: folder, sshAgent: null, installation: 'one' };
    const shells = createShells(deps);
    opened.push(shells);
    return shells;
  }
  async function timed<T>(work: Promise<T>): Promise<{ told: T; ms: number }> {
    const begun = performance.now();
    const told = await work;
    return { told, ms: performance.now() - begun };
  }

  it('tells within five seconds beyond the limit that it lost a program whose sshd was frozen, and ends that later', async () => {
    const shell = shellsOf().of('bad');
    let pid = 0;

    const { told, ms } = await timed(
      shell.run(['sleep', '4721'], {
        ...limits,
        timeoutMs: 1000,
        onStarted: (started) => {
          pid = started;
          host(1).freeze();
        },
      }),
    );
    host(1).thaw();

    expect(told).toMatchObject({ end: 'timeout', isGone: null });
    expect(told.failure).toBe('not finished within 1 s; whether it still runs could not be checked');
    expect(ms).toBeLessThan(1000 + BEYOND_MS);
    await until('it has been ended after all', () => !existsSync(`/proc/${pid}`));
  });

  it('starts nothing over a kept connection that does not answer, and a new one works once it does', async () => {
    const shell = shellsOf().of('bad');
    await shell.run(['true'], limits);
    host(1).freeze();

    const { told, ms } = await timed(shell.run(['touch', join(folder, 'late')], { ...limits, timeoutMs: 1000 }));
    host(1).thaw();
    const after = await shell.run(['true'], limits);

    expect(told).toMatchObject({ end: 'not-started', failure: 'bad did not take it within 1 s; nothing was started' });
    expect(ms).toBeLessThan(1000 + BEYOND_MS);
    expect(after).toMatchObject({ end: 'exited', exitCode: 0 });
    expect(existsSync(join(folder, 'late'))).toBe(false);
  });

  it('gives up a frozen sshd, and an address at which nobody is, within the time to connect', async () => {
    host(1).freeze();
    const shells = shellsOf({
      bad: host(1).config(),
      gone: host(1).config({ address: world.nobody }),
      hole: host(0).config(),
    });
    host(0).blackHole();

    const all = await Promise.all(
      ['bad', 'gone', 'hole'].map((name) => timed(shells.of(name).run(['true'], { ...limits, timeoutMs: 60_000 }))),
    );
    host(1).thaw();
    host(0).unblackHole();

    expect(all.map(({ told }) => told.code)).toEqual(['HOST_SILENT', expect.stringMatching(/^HOST_/), 'HOST_SILENT']);
    expect(all[0]?.told.failure).toMatch(/^bad \(.*:22\) takes the connection, but does not answer/);
    expect(all[2]?.told.failure).toMatch(/^hole \(.*:22\) does not answer at all/);
    for (const { told, ms } of all) {
      expect(told.end).toBe('not-started');
      expect(ms).toBeLessThan(BEYOND_MS + 1500);
    }
  });

  it('does not let a host that hangs delay another', async () => {
    const shells = shellsOf();
    await Promise.all(['good', 'bad'].map((name) => shells.of(name).run(['true'], limits)));
    host(1).freeze();

    const hung = Array.from({ length: 20 }, () => shells.of('bad').run(['true'], { ...limits, timeoutMs: 4000 }));
    const { told, ms } = await timed(
      Promise.all(Array.from({ length: 20 }, () => shells.of('good').run(['true'], limits))),
    );
    host(1).thaw();
    await Promise.all(hung);

    expect(told.every(({ exitCode }) => exitCode === 0)).toBe(true);
    expect(ms).toBeLessThan(4000);
  });

  it('is no slower to tell when packets vanish while a program runs', async () => {
    const shell = shellsOf().of('bad');

    const { told, ms } = await timed(
      shell.run(['sleep', '4722'], { ...limits, timeoutMs: 1000, onStarted: () => host(1).blackHole() }),
    );
    host(1).unblackHole();

    expect(told).toMatchObject({ end: 'timeout', isGone: null });
    expect(ms).toBeLessThan(1000 + BEYOND_MS);
    await until('it has been ended after all', () => !everyArgv().some((argv) => argv.includes('4722')));
  });

  it('runs more at once than a connection has sessions', async () => {
    const shell = shellsOf().of('good');

    const all = await Promise.all(Array.from({ length: 24 }, () => shell.run(['sleep', '0.1'], limits)));

    expect(all.map(({ end }) => end)).toEqual(Array.from({ length: 24 }, () => 'exited'));
  });

  it('holds as many files open after a hundred runs as after one, those that hung too', async () => {
    const shells = shellsOf();
    await Promise.all(['good', 'bad'].map((name) => shells.of(name).run(['true'], limits)));
    const before = openFiles();

    await Promise.all(Array.from({ length: 90 }, () => shells.of('good').run(['true'], limits)));
    host(1).freeze();
    await Promise.all(Array.from({ length: 10 }, () => shells.of('bad').run(['true'], { ...limits, timeoutMs: 300 })));
    host(1).thaw();
    await shells.of('bad').run(['true'], limits);

    await until('no more files are open than before', () => openFiles() <= before, 5000);
    await shells.close();
    await until('both connections are closed', () => openFiles() <= before - 2, 5000);
  });

  it.each(['ssh', 'local'] as const)(
    'does nothing twice by %s, though its caller was killed and asks again',
    async (way) => {
      const counter = join(folder, `counter-${way}`);
      const there: HostConfig = way === 'local' ? { connect: 'local', roles: [] } : host(0).config();
      const script = 'echo line >>"$0"; until [ -e "$0.go" ]; do echo waits; sleep 0.1; done; echo end >>"$0"; exit 7';
      const asked: ShellChildAsked = {
        host: there,
        stateFolder: folder,
        key: 'RUN-9',
        argv: ['sh', '-c', script, counter],
      };
      const child = () => startProcess(process.execPath, ['--import', 'tsx', CHILD, JSON.stringify(asked)]);

      const killed = child();
      await until('the program runs', () => killed.output().includes('started'));
      killed.child.kill('SIGKILL');
      const again = child();
      await until('the second caller has its answer', () => again.output().includes('isFirst'));
      writeFileSync(`${counter}.go`, '');
      await until('the program has run to its end', () => readFileSync(counter, 'utf8').includes('end'));
      const last = await until('its exit code is known', async () => {
        const told = await shellsOf({ there }).of('there').once('RUN-9', asked.argv, limits);
        return told.result.exitCode === null ? null : told;
      });

      expect(JSON.parse(again.output())).toMatchObject({ isFirst: false, result: { end: 'lost' } });
      expect(last).toMatchObject({ isFirst: false, result: { end: 'exited', exitCode: 7 } });
      expect(readFileSync(counter, 'utf8')).toBe('line\nend\n');
    },
  );
});

const CHILD = fileURLToPath(new URL('../support/shell-child.ts', import.meta.url));

function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}

function everyArgv(): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      return [readFileSync(`/proc/${pid}/cmdline`, 'utf8')];
    } catch {
      return [];
    }
  });
}
