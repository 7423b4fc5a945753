import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOSTILE_WORDS } from '../../support/hostile-words.ts';
import { createStepWorld, type StepWorld } from '../../support/step-world.ts';
import { findInArgv } from '../../support/watch-processes.ts';

const CANARY = 'canary-5f1c"9a$\\2b';
const print = (code: string, ...rest: string[]) => [process.execPath, '-e', code, ...rest];

describe('a step that runs a command', () => {
  let world: StepWorld;

  beforeEach(() => {
    world = createStepWorld();
  });
  afterEach(() => world.end());

  it('shows the exact argv, and holds the host', async () => {
    const step = await world.plan('command', { argv: ['systemctl', 'restart', 'a b\u202e'] });

    expect(step.planned).toMatchObject({
      call: '["systemctl","restart","a b\\u202e"]',
      target: 'web-1',
      mutates: true,
    });
    expect(step.changes).toEqual(['host:web-1']);
    expect(step.targets).toEqual([{ host: 'web-1', service: 'host', id: 'host:web-1' }]);
  });

  it.each(Object.entries(HOSTILE_WORDS))(
    'gives each text of class %s on as one argument that nothing reads',
    async (_, words) => {
      const file = join(world.folder, 'side');
      const texts = words.map((word) => word.replaceAll('FILE', file).replaceAll('\0', ''));
      const code = 'console.log(process.argv.slice(1).map((each) => Buffer.from(each).toString("hex")).join())';

      const [outcome] = await world.run('command', { argv: print(code, '--', ...texts), mutates: false });

      expect(outcome?.status).toBe('done');
      expect(existsSync(file)).toBe(false);
      expect(world.logged.join('').trim()).toBe(texts.map((text) => Buffer.from(text).toString('hex')).join());
    },
  );

  it('runs at most once for a key, and says so the second time', async () => {
    const file = join(world.folder, 'count');
    const step = await world.plan('command', { argv: print(`require('fs').appendFileSync('${file}', 'x')`) });

    const first = await world.carryOut(step, 'RUN-7-step');
    const second = await world.carryOut(step, 'RUN-7-step');

    expect(first[0]?.status).toBe('done');
    expect(second[0]).toMatchObject({ status: 'done', summary: expect.stringContaining('not done again') });
    expect(readFileSync(file, 'utf8')).toBe('x');
  });

  it.each([
    { code: 'process.exit(3)', expect: { exit: 0 }, status: 'failed' },
    { code: 'process.exit(3)', expect: { exit: [0, 3] }, status: 'done' },
    { code: 'process.kill(process.pid, "SIGKILL")', expect: { exit: 0 }, status: 'failed' },
  ])('is $status for $code when $expect is expected', async ({ code, expect: wanted, status }) => {
    const [outcome] = await world.run('command', { argv: print(code), expect: wanted });

    expect(outcome?.status).toBe(status);
  });

  it.each([
    { mutates: true, status: 'unknown' },
    { mutates: false, status: 'failed' },
  ])('is $status when the time is over and it changes something: $mutates', async ({ mutates, status }) => {
    const argv = print('setInterval(() => {}, 1000)');

    const [outcome] = await world.run('command', { argv, mutates }, { timeoutMs: 300 });

    expect(outcome).toMatchObject({ status, summary: expect.stringContaining('not finished within 0.3 s') });
  });

  it('has failed, and did nothing, when there is no such program', async () => {
    const [outcome] = await world.run('command', { argv: ['no-such-program-here'] });

    expect(outcome).toMatchObject({ status: 'failed', summary: expect.stringContaining('nothing was done') });
  });

  it('takes the plain values of printed JSON as results', async () => {
    const argv = print('console.log(JSON.stringify({ lag: 3, ok: true, who: "a\\nb", deep: { x: 1 }, "b d": 1 }))');

    const [outcome] = await world.run('command', { argv, mutates: false, result: 'json' });

    expect(outcome?.results).toMatchObject({ exit: 0, 'json.lag': 3, 'json.ok': true, 'json.who': 'a' });
    expect(Object.keys(outcome?.results ?? {})).toHaveLength(5);
  });

  it('gives secrets by environment and input, and shows them nowhere: plan, outcome, log, argv of any process', async () => {
    world.secrets.DB_PASSWORD = CANARY;
    const read = 'const given = require("fs").readFileSync(0, "utf8")';
    const echo =
      'console.log(process.env.PW, given, JSON.stringify({ given })); console.error(encodeURIComponent(given))';
    const wait = 'setTimeout(() => process.exit(process.env.PW === given ? 0 : 9), 300)';
    const secret = { secret: 'DB_PASSWORD' };
    const body = { argv: print(`${read}; ${echo}; ${wait}`), env: { PW: secret }, input: secret, result: 'json' };
    const step = await world.plan('command', body);

    const running = world.carryOut(step);
    const { found, looks } = await findInArgv('canary-5f1c', running);

    const [outcome] = await running;
    expect(outcome?.status).toBe('done');
    expect(looks).toBeGreaterThan(5);
    expect(found).toEqual([]);
    expect(JSON.stringify([step, outcome, world.logged])).not.toContain('canary-5f1c');
    expect(world.logged.join('')).toContain('[redacted]');
    expect(step.planned.call).toContain('environment PW=${DB_PASSWORD}; input ${DB_PASSWORD}');
  });

  it('has failed before it runs when a secret is not there', async () => {
    const [outcome] = await world.run('command', { argv: ['true'], env: { PW: { secret: 'MISSING' } } });

    expect(outcome).toMatchObject({ status: 'failed', summary: expect.stringContaining('MISSING') });
  });

  it('is in the way of nothing when its hosts cannot be reached by name: it says so in the plan', async () => {
    const step = await world.plan('command', { argv: ['true'] }, { hosts: ['web-9'] });

    expect(step.blockedBy).toEqual([{ kind: 'host', reason: expect.stringContaining('web-9') }]);
    expect(step.units).toEqual([]);
  });

  it.each([
    { argv: [] },
    { argv: ['${program}'] },
    { argv: ['-x'] },
    { argv: 'rm -rf /' },
    { argv: ['true'], env: { 'A=B': 'x' } },
    { argv: ['true'], shell: true },
    { argv: ['true', 'a\0b'] },
  ])('refuses $argv as no command', async (body) => {
    await expect(world.plan('command', body)).rejects.toMatchObject({ code: 'RUNBOOK_STEP' });
  });
});
