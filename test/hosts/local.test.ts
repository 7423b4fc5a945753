import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from '../../src/hosts/local.ts';

const limits = { timeoutMs: 10_000, maxBytes: 1000 };
const print = (code: string) => [process.execPath, '-e', code];

describe('a program of this machine', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gianna-local-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('gives its exit code and both outputs', async () => {
    const result = await runProgram(print('console.log("out"); console.error("err"); process.exit(3)'), limits);

    expect(result).toMatchObject({ end: 'exited', exitCode: 3, failure: null, stdout: 'out\n', stderr: 'err\n' });
  });

  it.each([
    '$(touch FILE)',
    '; touch FILE',
    '`touch FILE`',
    '| touch FILE',
    '&& touch FILE',
    '\ntouch FILE',
    '> FILE',
    '*',
    '"; touch FILE; "',
    "'; touch FILE; '",
    '-oProxyCommand=touch FILE',
    '${IFS}touch FILE',
  ])('receives %j as one argument that nothing interprets', async (hostile) => {
    const file = join(folder, 'pwned');
    const argument = hostile.replaceAll('FILE', file);

    const result = await runProgram(['/usr/bin/printf', '%s', argument], limits);

    expect(result.stdout).toBe(argument);
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    { argv: [], failure: 'the command is empty' },
    { argv: [''], failure: 'the command is empty' },
    { argv: ['true', 'a\0b'], failure: 'an argument holds a NUL character' },
    { argv: ['no-such-program-here', 'x'], failure: 'there is no program "no-such-program-here"' },
    { argv: ['/etc/passwd'], failure: '"/etc/passwd" may not be run by this account' },
    { argv: ['sleep 0; touch /tmp/x'], failure: 'there is no program "sleep 0; touch /tmp/x"' },
  ])('is not started: $failure', async ({ argv, failure }) => {
    const result = await runProgram(argv, limits);

    expect(result).toMatchObject({ end: 'not-started', exitCode: null, failure });
  });

  it('is cut after the bytes that are kept, and runs on to its end', async () => {
    const code = 'process.stdout.write("x".repeat(5e6), () => { process.exitCode = 4 })';

    const result = await runProgram(print(code), limits);

    expect(result).toMatchObject({ exitCode: 4, truncated: true, stdout: 'x'.repeat(1000) });
  });

  it('cannot send control sequences, bells, direction overrides or NUL through', async () => {
    const code = String.raw`process.stdout.write("a\x1b[31mred\x1b[0m\x07\u202Eb\0\r\nc\x1b]8;;http://x\x07link\x1b]8;;\x07")`;

    const result = await runProgram(print(code), limits);

    expect(result.stdout).toBe('aredb\nclink');
  });

  it('is ended with everything it started when its time is over', async () => {
    const child = 'setInterval(() => {}, 1000)';
    const code = `
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'ignore' });
      require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'pid'))}, String(child.pid));
      process.on('SIGTERM', () => {});
      setInterval(() => {}, 1000);`;

    const result = await runProgram(print(code), { ...limits, timeoutMs: 1500 });

    expect(result).toMatchObject({ end: 'timeout', exitCode: null, isGone: true });
    expect(result.failure).toBe('not finished within 1.5 s; it was ended');
    expect(isRunning(Number(readFileSync(join(folder, 'pid'), 'utf8')))).toBe(false);
  });

  it('does not keep us waiting for a service that it left behind, nor ends that', async () => {
    const code = `
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: ['ignore', 'inherit', 'inherit'] });
      console.log(child.pid);
      process.exit(0);`;

    const result = await runProgram(print(code), limits);
    const left = Number(result.stdout);

    expect(result).toMatchObject({ end: 'exited', exitCode: 0 });
    expect(isRunning(left)).toBe(true);
    process.kill(left, 'SIGKILL');
  });

  it('sees none of our own environment but a path, a home and a language', async () => {
    const result = await runProgram(print('console.log(Object.keys(process.env).sort().join(" "))'), limits);

    expect(result.stdout.trim()).toBe('HOME LANG PATH');
  });

  it('reads what it is given', async () => {
    const result = await runProgram(['/bin/cat'], { ...limits, input: 'hello' });

    expect(result.stdout).toBe('hello');
  });

  it('is ended when somebody stops it, and is not started when that was before', async () => {
    const stop = new AbortController();

    const onStarted = () => stop.abort();
    const during = await runProgram(['/bin/sleep', '60'], { ...limits, signal: stop.signal, onStarted });
    const before = await runProgram(['/bin/sleep', '60'], { ...limits, signal: stop.signal });

    expect(during).toMatchObject({ end: 'aborted', isGone: true, failure: 'stopped; it was ended' });
    expect(before).toMatchObject({ end: 'aborted', isGone: true, failure: 'stopped before it was started' });
  });

  it('that a signal ends has no exit code and says so', async () => {
    const result = await runProgram(print('process.kill(process.pid, "SIGKILL")'), limits);

    expect(result).toMatchObject({ end: 'signalled', exitCode: null, failure: 'ended by SIGKILL' });
  });
});

/** A zombie has ended: only its parent has not asked yet. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
