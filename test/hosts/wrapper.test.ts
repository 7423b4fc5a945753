import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { quoteArgv } from '../../src/hosts/quote.ts';
import { commandLine, inputOf, newCall, waitingLine, wrapEnd, wrapOnce } from '../../src/hosts/wrapper.ts';

const SHELLS: ReadonlyArray<readonly string[]> = [['bash'], ['dash'], ['busybox', 'sh']];
const env = { NAME: `a b $(id) "c" 'd' \\n` };

describe.each(SHELLS)('what runs a program, by a login shell such as %s', (...shell) => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gianna-wrapper-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function login(line: string, input: Uint8Array | string) {
    const [file = '', ...args] = shell;
    const { status, stdout, stderr } = spawnSync(file, [...args, '-c', line], { input });
    return { status, stdout: stdout.toString(), stderr: stderr.toString() };
  }

  it('gives it arguments, variables and input as they are', () => {
    const call = newCall(null);
    const argv = ['sh', '-c', 'printf "%s|" "$NAME" "$@"; cat; echo err >&2; exit 3', 'x', `a'b\n$(id);*\\`, ''];

    const { status, stdout, stderr } = login(
      commandLine(call, argv, 1000),
      inputOf(call, argv, { env, input: 'in\nput' }),
    );

    expect(status).toBe(3);
    expect(stdout).toBe(`${call.mark}\n${env.NAME}|a'b\n$(id);*\\||in\nput`);
    expect(stderr).toMatch(new RegExp(`^${call.mark} pid \\d+\nerr\n$`));
  });

  it.each([
    ['missing', 'no-such-program'],
    ['forbidden', '/etc/passwd'],
    ['forbidden', '/etc'],
    ['missing', '/nonexistent/x'],
  ])('says %s of %s', (word, program) => {
    const call = newCall(null);

    const { stderr } = login(commandLine(call, [program], 1000), inputOf(call, [program], {}));

    expect(stderr).toBe(`${call.mark} ${word}\n`);
  });

  it('begins nothing without the empty line, with a lock or without', () => {
    const argv = ['touch', join(folder, 'begun')];
    const lock = { folder: join(folder, 'run'), name: 'k' };

    for (const call of [newCall(null), newCall(lock)]) {
      const whole = Buffer.from(inputOf(call, argv, { env: { NAME: 'x' } }));
      for (let cut = 0; cut < whole.length; cut += 7) login(commandLine(call, argv, 1000), whole.subarray(0, cut));
      login(commandLine(call, argv, 1000), whole.subarray(0, -1));
    }

    expect(readdirSync(folder)).toEqual([]);
  });

  it('waits for what it is to run, and says so when it is asked', () => {
    const call = newCall(null);
    const argv = ['printf', '%s|', 'a b', `${call.mark} x`, `y\n\n`];

    const waited = login(waitingLine(call.mark), Buffer.concat([Buffer.from('\n'), inputOf(call, argv, {})]));
    const left = login(waitingLine(call.mark), '');

    expect(waited).toMatchObject({ status: 0, stdout: `${call.mark}\na b|${call.mark} x|y\n\n|` });
    expect(left).toEqual({ status: 125, stdout: '', stderr: '' });
  });

  it('runs a key once, and tells a second caller how the first ended', () => {
    const lock = { folder: join(folder, 'with space'), name: 'k' };
    const argv = ['sh', '-c', 'echo out; echo err >&2; exit 4'];
    const [first, second] = [newCall(lock), newCall(lock)];

    const one = login(commandLine(first, argv, 1000), inputOf(first, argv, {}));
    const two = login(commandLine(second, argv, 1000), inputOf(second, argv, {}));

    expect(one).toMatchObject({ status: 4, stdout: `${first.mark}\nout\n` });
    expect(one.stderr).toMatch(/ pid \d+\nerr\n$/);
    expect(two.stdout).toBe(`${second.mark}\n`);
    expect(two.stderr).toMatch(
      new RegExp(`^${second.mark} known gone\n${second.mark} call \\d+ 20\\S+Z\n${second.mark} exit 4 `),
    );
  });

  it.each(['eval', '.', 'exit', 'trap'])('runs no word of the shell, such as %s', (word) => {
    const file = join(folder, 'pwned');

    for (const call of [newCall(null), newCall({ folder: join(folder, 'run'), name: 'k' })]) {
      const argv = [word, `touch ${file}`];
      login(commandLine(call, argv, 1000), inputOf(call, argv, {}));
    }

    expect(existsSync(file)).toBe(false);
  });

  it('is ended by the machine itself some seconds after its limit', () => {
    const lock = { folder: join(folder, 'run'), name: 'k' };
    const call = newCall(lock);
    const argv = wrapOnce(call.mark, lock, ['sleep', '60'], -5500);

    const { status } = login(quoteArgv(argv), inputOf(call, argv, {}));

    expect(status).toBe(124);
  });

  it('says that nothing is left when there was nothing', () => {
    const call = newCall(null);

    const { stdout } = login(quoteArgv(wrapEnd(call, null, 'timeout')), '');

    expect(stdout).toBe(`${call.mark} gone\n`);
  });
});
