import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

const limits: ProgramOptions = { timeoutMs: 10_000, maxBytes: 10_000 };

describe.runIf(mayRun(whyNoHosts()))('a machine reached by SSH', () => {
  let world: NamespaceHosts;
  let folder: string;
  const opened: Shells[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gianna-ssh-'));
    world = await startNamespaceHosts(['web-1', 'web-2']);
  });
  afterAll(async () => {
    for (const shells of opened) await shells.close();
    await world?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function hostAt(index: number): NamespaceHost {
    const host = world.hosts[index];
    if (host === undefined) throw new Error(`there is no host ${index}`);
    return host;
  }
  function shellsOf(
    hosts: Record<string, HostConfig>,
    log: string[] = [],
    sshAgent: string | null = null,
    onHostKey: (seen: unknown) => void = () => undefined,
  ): Shells {
    const logger = pino({ level: 'trace' }, { write: (line: string) => void log.push(line) });
    const config = configOf({ hosts });
    const deps = { config, clock: systemClock, logger, stateFolder: folder, sshAgent, installation: 'one', onHostKey };
    const shells = createShells(deps);
    opened.push(shells);
    return shells;
  }
  let shared: Shells | null = null;
  /** The one kept connection of most tests. */
  const web1 = () => {
    shared ??= shellsOf({ 'web-1': hostAt(0).config() });
    return shared.of('web-1');
  };

  it('gives exit code, both outputs, and the number of the process group', async () => {
    const pids: number[] = [];

    const argv = ['sh', '-c', 'echo out; echo err >&2; cut -d " " -f 5 /proc/self/stat; exit 3'];
    const result = await web1().run(argv, { ...limits, onStarted: (pid) => pids.push(pid) });

    expect(result).toMatchObject({ end: 'exited', exitCode: 3, failure: null, stderr: 'err\n' });
    expect(result.stdout).toBe(`out\n${pids[0]}\n`);
  });

  it('says when there is no such program, and when it may not be run', async () => {
    const shell = web1();

    const none = await shell.run(['no-such-program'], limits);
    const forbidden = await shell.run(['/etc/passwd'], limits);

    expect(none).toMatchObject({ end: 'not-started', failure: 'there is no program "no-such-program"' });
    expect(forbidden).toMatchObject({ end: 'not-started', failure: '"/etc/passwd" may not be run by this account' });
  });

  it('tells the signal that ended a program', async () => {
    const result = await web1().run(['sh', '-c', 'kill -KILL $$'], limits);

    expect(result).toMatchObject({ end: 'signalled', exitCode: null, failure: 'ended by SIGKILL' });
  });

  it('carries hostile arguments byte by byte, and nothing of them is run', async () => {
    const file = join(folder, 'pwned');
    const hostile = [
      `$(touch ${file})`,
      `; touch ${file}`,
      `\`touch ${file}\``,
      `'; touch ${file}; '`,
      `"; touch ${file}; "`,
      `\ntouch ${file}\n`,
      '*',
      '~',
      '$HOME',
      '!!',
      '\\',
      "\\'",
      '',
      ' ',
      '-n',
      '--',
      `-oProxyCommand=touch ${file}`,
      '\u0001\u001b[31m\t\r',
      'ä€😀\u202e\u200f',
      '{a,b}',
      '%s%n',
    ];

    const result = await web1().run(
      [
        'python3',
        '-c',
        'import sys,os; sys.stdout.write(" ".join(os.fsencode(a).hex() or "-" for a in sys.argv[1:]))',
      ].concat(hostile),
      limits,
    );

    const arrived = result.stdout.split(' ').map((hex) => Buffer.from(hex === '-' ? '' : hex, 'hex').toString('utf8'));
    expect(arrived).toEqual(hostile);
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    { argv: ['printf', 'a\0b'], failure: 'an argument holds a NUL character' },
    { argv: ['-x'], failure: 'the name of a program cannot begin with "-"' },
    { argv: [], failure: 'the command is empty' },
    { argv: ['printf', 'x'.repeat(130_000)], failure: 'longer than 120 kB' },
  ])('sends nothing that cannot be carried: $failure', async ({ argv, failure }) => {
    const result = await web1().run(argv, limits);

    expect(result).toMatchObject({ end: 'not-started', failure: expect.stringContaining(failure) });
  });

  it('refuses a variable whose value has a line break, by its name', async () => {
    const result = await web1().run(['true'], { ...limits, env: { A_KEY: 'one\ntwo' } });

    expect(result).toMatchObject({ end: 'not-started', failure: expect.stringContaining('A_KEY') });
    expect(result.failure).not.toContain('two');
  });

  it('gives variables and input to the program, and shows them in no argv and in no log', async () => {
    const log: string[] = [];
    const shell = shellsOf({ 'web-1': hostAt(0).config() }, log).of('web-1');
    const seen: string[] = [];
    const poll = setInterval(() => seen.push(...everyArgv()), 5);

    const result = await shell.run(['sh', '-c', 'printf "%s|" "$CANARY_ENV"; cat; sleep 0.3'], {
      ...limits,
      env: { CANARY_ENV: 'canary-7f3a $(id) "quoted" \\n' },
      input: 'canary-9b1c\nmore',
    });
    clearInterval(poll);

    expect(result.stdout).toBe('canary-7f3a $(id) "quoted" \\n|canary-9b1c\nmore');
    expect(seen.some((argv) => argv.includes('sleep\u00000.3'))).toBe(true);
    expect(seen.filter((argv) => /canary-7f3a|canary-9b1c/.test(argv))).toEqual([]);
    expect(log.join('')).not.toMatch(/canary/);
  });

  it('takes binary input as it is', async () => {
    const input = Uint8Array.from({ length: 300_000 }, (_, index) => index % 256);

    const result = await web1().run(['cksum'], { ...limits, input });
    const here = await web1().run(['sh', '-c', 'wc -c'], { ...limits, input });

    expect(result.stdout).toMatch(/^\d+ 300000\n$/);
    expect(here.stdout.trim()).toBe('300000');
  });

  it('tells what is printed while it is printed, without control sequences, and keeps no more than asked for', async () => {
    const told: string[] = [];
    const script = 'printf "a\\033[3"; sleep 0.2; printf "1mred\\033[0m\\n"; head -c 50000 /dev/zero | tr "\\0" x';

    const result = await web1().run(['sh', '-c', script], {
      ...limits,
      maxBytes: 100,
      onOutput: (text) => told.push(text),
    });

    expect(told.join('')).toBe(result.stdout);
    expect(told[0]).toBe('a');
    expect(result.stdout).toMatch(/^ared\nx+$/);
    expect(result).toMatchObject({ end: 'exited', exitCode: 0, truncated: true });
  });

  it('ends what ignores SIGTERM and what left its process group, when the time is over, and looks', async () => {
    const script = 'trap "" TERM; setsid sleep 4711 & sleep 4711 & while :; do sleep 0.1; done';
    const begun = performance.now();

    const result = await web1().run(['sh', '-c', script], { ...limits, timeoutMs: 1000 });

    expect(result).toMatchObject({ end: 'timeout', isGone: true, failure: 'not finished within 1 s; it was ended' });
    expect(performance.now() - begun).toBeLessThan(6000);
    expect(everyArgv().filter((argv) => argv.includes('4711'))).toEqual([]);
  });

  it('ends a program that is stopped from outside', async () => {
    const stop = new AbortController();

    const result = await web1().run(['sleep', '4712'], {
      ...limits,
      signal: stop.signal,
      onStarted: () => stop.abort(),
    });

    expect(result).toMatchObject({ end: 'aborted', isGone: true, failure: 'stopped; it was ended' });
    expect(everyArgv().filter((argv) => argv.includes('4712'))).toEqual([]);
  });

  it('refuses a host whose key has changed, and nothing is sent to it', async () => {
    const pinned = hostAt(1).config();
    const seen: unknown[] = [];
    const shells = shellsOf({ 'web-2': pinned }, [], null, (key) => seen.push(key));
    const before = await shells.of('web-2').run(['true'], limits);
    await hostAt(1).changeKey();

    const result = await shells.of('web-2').run(['touch', join(hostAt(1).home, 'was-here')], limits);

    expect(before).toMatchObject({ end: 'exited', exitCode: 0 });
    expect(result).toMatchObject({ end: 'not-started', code: 'HOST_KEY_CHANGED' });
    const { hostKey: shown } = hostAt(1).config();
    expect(result.failure).toContain(`it shows ${shown}, ${hostAt(1).otherKey}, hosts.yml has ${pinned.hostKey}`);
    expect(readdirSync(hostAt(1).home)).not.toContain('was-here');
    const told = { host: 'web-2', pinned: pinned.hostKey };
    expect(seen).toEqual([
      { ...told, shown: [] },
      { ...told, shown: [shown, hostAt(1).otherKey] },
    ]);
  });

  it.each([
    { why: 'an account that is not there', parts: { user: 'nobody-of-that-name' }, code: 'HOST_LOGIN_REFUSED' },
    { why: 'a port that nobody listens at', parts: { port: 23 }, code: 'HOST_UNREACHABLE' },
    { why: 'a key that cannot be read', parts: { keyFile: '/nonexistent/key' }, code: 'KEY_UNREADABLE' },
    { why: 'a file that is no key', parts: { keyFile: '/etc/passwd' }, code: 'KEY_UNREADABLE' },
    { why: 'no key at all', parts: { keyFile: null }, code: 'KEY_UNREADABLE' },
  ])('does not start anything with $why', async ({ parts, code }) => {
    const shell = shellsOf({ 'web-1': hostAt(0).config(parts) }).of('web-1');

    const result = await shell.run(['true'], limits);

    expect(result).toMatchObject({ end: 'not-started', code });
  });

  it('knows a host by any of its keys', async () => {
    const shell = shellsOf({ 'web-1': hostAt(0).config({ hostKey: hostAt(0).otherKey }) }).of('web-1');

    const result = await shell.run(['echo', 'here'], limits);

    expect(result).toMatchObject({ end: 'exited', stdout: 'here\n' });
  });

  it('logs in with the key of an agent, and says when there is no agent', async () => {
    const socket = join(folder, 'agent.sock');
    const agent = startProcess('ssh-agent', ['-D', '-a', socket]);
    await until('the agent is there', () => existsSync(socket));
    execFileSync('ssh-add', ['-q', world.keyFile], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'pipe' });
    const byAgent = { 'web-1': hostAt(0).config({ keyFile: null, agent: true }) };

    const result = await shellsOf(byAgent, [], socket).of('web-1').run(['echo', 'in'], limits);
    const without = await shellsOf(byAgent).of('web-1').run(['echo', 'in'], limits);
    await agent.stop();

    expect(result).toMatchObject({ end: 'exited', stdout: 'in\n' });
    expect(without).toMatchObject({ end: 'not-started', code: 'KEY_UNREADABLE' });
    expect(without.failure).toContain('SSH_AUTH_SOCK');
  });

  it('goes on with a new connection when the old one has died', async () => {
    const shell = web1();
    await shell.run(['true'], limits);
    hostAt(0).cut();
    await hostAt(0).revive();

    const result = await shell.run(['echo', 'back'], limits);

    expect(result).toMatchObject({ end: 'exited', stdout: 'back\n' });
  });

  it('has a shell wait for the next program, and does without when somebody ended that', async () => {
    const shell = shellsOf({ 'web-1': hostAt(0).config() }).of('web-1');
    const woken: number[] = [];
    await until('a program ran in a shell that had waited', async () => {
      const waited = waitingShells();
      const { stdout } = await shell.run(['sh', '-c', 'echo $$'], limits);
      if (waited.includes(Number(stdout))) woken.push(Number(stdout));
      return woken.length > 0;
    });

    await until('the next waits', () => waitingShells().length > 0);
    for (const pid of waitingShells()) process.kill(pid, 'SIGKILL');
    const without = await shell.run(['echo', 'again'], limits);

    expect(woken).toHaveLength(1);
    expect(without).toMatchObject({ end: 'exited', stdout: 'again\n' });
  });

  it('says that it lost sight of a program whose connection broke', async () => {
    const shell = web1();
    let pid = 0;
    const result = await shell.run(['sleep', '4713'], {
      ...limits,
      onStarted: (started) => {
        pid = started;
        hostAt(0).cut();
      },
    });
    await hostAt(0).revive();
    process.kill(pid, 'SIGKILL');

    expect(result).toMatchObject({ end: 'lost', exitCode: null, isGone: null });
  });

  it('runs a key once, whoever asks again, and tells what came of the first', async () => {
    const counter = join(folder, 'once');
    const argv = ['sh', '-c', 'echo line >>"$0"; sleep 0.3; echo printed; exit 4', counter];

    const both = await Promise.all([
      shellsOf({ 'web-1': hostAt(0).config() })
        .of('web-1')
        .once('RUN-1-restart', argv, limits),
      shellsOf({ 'web-1': hostAt(0).config() })
        .of('web-1')
        .once('RUN-1-restart', argv, limits),
    ]);
    const after = await web1().once('RUN-1-restart', argv, limits);
    const other = await web1().once('RUN-2-restart', argv, limits);

    expect(readFileSync(counter, 'utf8')).toBe('line\nline\n');
    expect(both.filter(({ isFirst }) => isFirst)).toHaveLength(1);
    expect(both.find(({ isFirst }) => isFirst)?.result).toMatchObject({ exitCode: 4, stdout: 'printed\n' });
    expect(after).toMatchObject({ isFirst: false, result: { end: 'exited', exitCode: 4 } });
    expect(other.isFirst).toBe(true);
  });

  it('keeps a key with slashes and dots inside its folder', async () => {
    const result = await web1().once('../../outside/$(id)|1', ['true'], limits);

    expect(result).toMatchObject({ isFirst: true, result: { exitCode: 0 } });
    expect(existsSync(join(hostAt(0).home, '.local/state/outside'))).toBe(false);
    expect(readdirSync(join(hostAt(0).home, '.local/state/gianna-ops/run')).some((name) => /^\.\._/.test(name))).toBe(
      true,
    );
  });

  it('lets a program with a key run to its end when the connection breaks, and knows its exit code later', async () => {
    const done = join(folder, 'done');
    const script = 'for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.1; done; echo end >"$0"; exit 5';
    const shell = web1();
    const first = await shell.once('RUN-3', ['sh', '-c', script, done], {
      ...limits,
      onStarted: () => hostAt(0).cut(),
    });
    await hostAt(0).revive();
    await until('the program has ended', () => existsSync(done));

    const second = await until('its exit code is written', async () => {
      const told = await shell.once('RUN-3', ['sh', '-c', script, done], limits);
      return told.result.end === 'exited' ? told : null;
    });

    expect(first).toMatchObject({ isFirst: true, result: { end: 'lost' } });
    expect(second).toMatchObject({ isFirst: false, result: { exitCode: 5 } });
  });

  it('remembers that a program with a key was ended by its time limit', async () => {
    const first = await web1().once('RUN-4', ['sleep', '4714'], { ...limits, timeoutMs: 800 });

    const second = await web1().once('RUN-4', ['sleep', '4714'], limits);

    expect(first).toMatchObject({ isFirst: true, result: { end: 'timeout', isGone: true } });
    expect(second).toMatchObject({ isFirst: false, result: { end: 'timeout' } });
    expect(second.result.failure).toMatch(/^begun before, at 20\S+Z, and ended by its time limit$/);
  });
});

/** The argv of every process of this machine, NUL between the arguments. */
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

function waitingShells(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isWaiting(name))
    .map(Number);
}

function isWaiting(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('read -r line || exit 125');
  } catch {
    return false; // it has ended meanwhile
  }
}
