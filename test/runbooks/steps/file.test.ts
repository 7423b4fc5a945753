import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UnitOutcome } from '../../../src/runbooks/steps/step.ts';
import { HOSTILE_WORDS } from '../../support/hostile-words.ts';
import { createStepShell } from '../../support/step-shell.ts';
import { createStepWorld, type StepWorld } from '../../support/step-world.ts';
import { findInArgv } from '../../support/watch-processes.ts';

const CANARY = 'canary-9e3d27';

describe('a step that writes a file', () => {
  let world: StepWorld;
  let folder: string;
  let path: string;

  beforeEach(() => {
    world = createStepWorld();
    folder = join(world.folder, 'etc');
    mkdirSync(folder);
    path = join(folder, 'gianna.env');
    writeFileSync(path, 'MODE=slow\nPASSWORD=hunter2hunter2\nSIZE=3\n', { mode: 0o640 });
  });
  afterEach(() => world.end());
  const text = () => readFileSync(path, 'utf8');
  const undo = (outcome: UnitOutcome | undefined) => world.run('file.restore', outcome?.undo?.body);

  it('shows the diff without the neighbours, and binds to the content', async () => {
    const step = await world.plan('file', { path, set: { MODE: 'fast' } });

    const [head, ...diff] = step.planned.call.split('\n');
    expect(head).toMatch(/^web-1: write \/.+\/etc\/gianna\.env \(sha256 [0-9a-f]{12} → sha256 [0-9a-f]{12}\)$/);
    expect(diff).toEqual([`--- ${path}`, `+++ ${path}`, '@@ -1,1 +1,1 @@', '-MODE=slow', '+MODE=fast']);
    expect(step.facts).toEqual([
      { host: 'web-1', path, content: expect.stringMatching(/^sha256:/), mode: '640', owner: 'root:root (0:0)' },
    ]);
    expect(step.targets).toEqual([{ host: 'web-1', service: 'file', id: `file:${path}` }]);
    expect(step.changes).toEqual(['host:web-1']);
  });

  it('hides in the diff what looks like a secret', async () => {
    const step = await world.plan('file', { path, replace: { from: 'MODE=slow', to: 'MODE=fast' } });

    expect(step.planned.call).toContain(' PASSWORD=[redacted]');
    expect(step.planned.call).not.toContain('hunter2');
  });

  it('keeps mode and owner, keeps the former content beside, and leaves nothing else', async () => {
    chmodSync(path, 0o400);
    chownSync(path, 33, 34);

    const step = await world.plan('file', { path, set: { MODE: 'fast', NEW: '1' } });
    const [outcome] = await world.carryOut(step, 'RUN-4-step');

    expect(outcome).toMatchObject({ status: 'done', results: { changed: true, backup: `${path}.gianna-RUN-4-step` } });
    expect(text()).toBe('MODE=fast\nPASSWORD=hunter2hunter2\nSIZE=3\nNEW=1\n');
    expect(statSync(path)).toMatchObject({ mode: 0o100400, uid: 33, gid: 34 });
    expect(statSync(`${path}.gianna-RUN-4-step`)).toMatchObject({ mode: 0o100400, uid: 33, gid: 34 });
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('is undone from the backup, which is gone then', async () => {
    const before = statSync(path);
    const [outcome] = await world.run('file', { path, content: 'other\n' });

    const [undone] = await undo(outcome);

    expect(undone).toMatchObject({ status: 'done' });
    expect(text()).toContain('MODE=slow');
    expect(statSync(path)).toMatchObject({ mode: before.mode, uid: before.uid, mtimeMs: before.mtimeMs });
    expect(readdirSync(folder)).toEqual(['gianna.env']);
  });

  it('is not undone over what somebody changed since', async () => {
    const [outcome] = await world.run('file', { path, content: 'other\n' });
    writeFileSync(path, 'by hand\n');

    const step = await world.plan('file.restore', outcome?.undo?.body);
    const [undone] = await world.carryOut(step);

    expect(step.blockedBy).toMatchObject([{ kind: 'file', reason: expect.stringContaining('changed since') }]);
    expect(undone).toMatchObject({ status: 'failed', summary: expect.stringContaining('it is left alone') });
    expect(text()).toBe('by hand\n');
  });

  it('makes a file that is not there, and undoing removes it', async () => {
    path = join(folder, 'new.conf');

    const step = await world.plan('file', { path, content: 'x\n', mode: '0600', owner: 'nobody' });
    const [outcome] = await world.carryOut(step);
    const made = { content: text(), ...statSync(path) };
    const [undone] = await undo(outcome);

    expect(step.planned.call).toContain('not there → sha256');
    expect(made).toMatchObject({ content: 'x\n', mode: 0o100600, uid: 65534 });
    expect(undone?.status).toBe('done');
    expect(readdirSync(folder)).toEqual(['gianna.env']);
  });

  it('says that all is as wanted already when it is, and writes nothing', async () => {
    const before = statSync(path).mtimeMs;

    const [outcome] = await world.run('file', { path, content: text(), mode: '640', owner: 'root' });

    expect(outcome).toMatchObject({ status: 'done', results: { changed: false } });
    expect(outcome?.undo).toBeUndefined();
    expect(statSync(path).mtimeMs).toBe(before);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('does nothing when the file changed between plan and run', async () => {
    const step = await world.plan('file', { path, set: { MODE: 'fast' } });
    writeFileSync(path, 'MODE=other\n');

    const [outcome] = await world.carryOut(step);

    expect(outcome).toMatchObject({ status: 'failed', summary: expect.stringContaining('changed since the plan') });
    expect(text()).toBe('MODE=other\n');
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('does nothing when the file changes in the last moment', async () => {
    const shell = createStepShell('web-1', world.folder);
    const once: typeof shell.once = (key, argv, options) => {
      writeFileSync(path, 'MODE=other\n');
      return shell.once(key, argv, options);
    };
    const step = await world.plan('file', { path, set: { MODE: 'fast' } });
    world.shells['web-1'] = { ...shell, once };

    const [outcome] = await world.carryOut(step);

    expect(outcome).toMatchObject({ status: 'failed', summary: expect.stringContaining('changed since the plan') });
    expect(text()).toBe('MODE=other\n');
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('does nothing when the new content does not arrive whole', async () => {
    const shell = createStepShell('web-1', world.folder);
    const once: typeof shell.once = (key, argv, options) => shell.once(key, argv, { ...options, input: 'MOD' });
    const step = await world.plan('file', { path, set: { MODE: 'fast' } });
    world.shells['web-1'] = { ...shell, once };

    const [outcome] = await world.carryOut(step);

    expect(outcome).toMatchObject({ status: 'failed', summary: expect.stringContaining('did not arrive whole') });
    expect(text()).toContain('MODE=slow');
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('writes a secret, and shows it nowhere: plan, outcome, log, argv of any process', async () => {
    world.secrets.NEW_PASSWORD = CANARY;
    const step = await world.plan('file', { path, set: { PASSWORD: { secret: 'NEW_PASSWORD' }, MODE: 'fast' } });

    const running = world.carryOut(step);
    const { found, looks } = await findInArgv(CANARY, running);

    expect(text()).toBe(`MODE=fast\nPASSWORD=${CANARY}\nSIZE=3\n`);
    expect(found).toEqual([]);
    expect(looks).toBeGreaterThan(2);
    expect(JSON.stringify([step, await running, world.logged])).not.toMatch(new RegExp(`${CANARY}|hunter2`));
    expect(step.planned.call).toContain('→ not shown); PASSWORD=${NEW_PASSWORD}, MODE="fast"');
  });

  it('does not quote a secret that could not be written', async () => {
    world.secrets.NEW_PASSWORD = `${CANARY} with space`;

    const [outcome] = await world.run('file', { path, set: { PASSWORD: { secret: 'NEW_PASSWORD' } } });

    expect(outcome).toMatchObject({ status: 'failed', summary: expect.stringContaining('value of PASSWORD') });
    expect(outcome?.summary).not.toContain(CANARY);
  });

  it.each(Object.entries(HOSTILE_WORDS))('writes texts of class %s byte by byte', async (_, words) => {
    const file = join(world.folder, 'side');
    const content = words.map((word) => word.replaceAll('FILE', file)).join('\n');

    const [outcome] = await world.run('file', { path, content });

    expect(outcome?.status).toBe('done');
    expect(text()).toBe(content);
    expect(existsSync(file)).toBe(false);
  });

  it('shows in the plan what cannot be seen', async () => {
    const step = await world.plan('file', { path, content: 'a\u202eb\u001b[31m\n' });

    expect(step.planned.call).toContain('+a\\u202eb\\u001b[31m');
  });

  it.each(['a b', "it's", '$(touch side)', '-rf', '*', 'ünï👩‍👩‍👧‍👦', '`x`;&|'])(
    'writes to a file called %j and no other',
    async (name) => {
      path = join(folder, name);

      const [outcome] = await world.run('file', { path, content: 'x' });

      expect(outcome?.status).toBe('done');
      expect(readdirSync(folder).sort()).toEqual(['gianna.env', name].sort());
    },
  );

  it.each([
    { kind: 'a link', make: () => symlinkSync('/etc/passwd', join(folder, 'odd')), why: 'is a symbolic link' },
    { kind: 'a folder', make: () => mkdirSync(join(folder, 'odd')), why: 'is not a plain file' },
    { kind: 'too large', make: () => writeFileSync(join(folder, 'odd'), 'x'.repeat(1024 * 1024 + 1)), why: 'larger' },
  ])('is blocked by $kind', async ({ make, why }) => {
    make();

    const step = await world.plan('file', { path: join(folder, 'odd'), content: 'x' });

    expect(step.blockedBy).toMatchObject([{ kind: 'file', reason: expect.stringContaining(why) }]);
    expect(step.units).toEqual([]);
  });

  it('says where a linked folder leads', async () => {
    symlinkSync(folder, join(world.folder, 'alias'));

    const step = await world.plan('file', { path: join(world.folder, 'alias', 'gianna.env'), content: 'x' });

    expect(step.planned.call).toContain(`write ${path}`);
    expect(step.facts).toMatchObject([{ path }]);
  });

  it.each(['/etc/../etc/passwd', 'relative', '/', '/etc/', '/etc//x', '/etc/./x', '/etc/a\nb', '/etc/a\0b', '~/x', ''])(
    'refuses the path %j',
    async (wrong) => {
      await expect(world.plan('file', { path: wrong, content: 'x' })).rejects.toMatchObject({ code: 'RUNBOOK_STEP' });
    },
  );

  it.each([
    {},
    { content: 'x', set: { A: '1' } },
    { content: 'x', mode: '0999' },
    { content: 'x', mode: '-R' },
    { content: 'x', owner: '$(id)' },
    { content: 'x', owner: '--reference=/etc/shadow' },
    { set: { 'A B': '1' } },
    { content: 'x'.repeat(256 * 1024 + 1) },
  ])('refuses a body that is not whole: %#', async (body) => {
    await expect(world.plan('file', { path, ...body })).rejects.toMatchObject({ code: 'RUNBOOK_STEP' });
  });

  it('says the same change on several hosts once', async () => {
    world.shells['web-2'] = createStepShell('web-2', world.folder);

    const step = await world.plan('file', { path, set: { MODE: 'fast' } }, { hosts: ['web-1', 'web-2'] });

    expect(step.planned.call).toMatch(/^web-1, web-2: write/);
    expect(step.units.map(({ name }) => name)).toEqual(['web-1', 'web-2']);
  });
});
