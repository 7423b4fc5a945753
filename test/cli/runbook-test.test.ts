import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { STEP_KINDS } from '../../src/runbooks/steps/registry.ts';
import { freePort } from '../support/redis.ts';
import { callCli } from './call.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Steps that take others back, never written by hand. */
const WAYS_BACK = ['file.restore', 'silence.lift'];

describe('a runbook file tried on stand-ins', () => {
  const env = { GIANNA_CONFIG: join(repository, 'config'), GIANNA_SOCKET: '/nonexistent' };
  let folder: string;
  let witness: Server;
  let port: number;
  let heard = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gianna-try-'));
    port = await freePort();
    witness = createServer((socket) => {
      heard += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => witness.listen(port, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await new Promise((resolve) => witness.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  function write(runbook: object, name = 'tried.yml'): string {
    const file = join(folder, name);
    writeFileSync(file, stringify({ runbook: 'tried', summary: 'A runbook to try', risk: 'R2', ...runbook }));
    return file;
  }
  const tried = (file: string, ...argv: string[]) => callCli(['runbook', 'test', file, ...argv], env);

  /** Each kind that can be written, aimed at this machine: what was carried out would show. */
  function eachKind(): Record<string, unknown>[] {
    return [
      { id: 'before', probe: '${service.probes}' },
      { id: 'sure', ask: { question: 'Is everybody told?' } },
      { id: 'note', file: { path: join(folder, 'note'), content: 'hello' }, on: 'local' },
      { id: 'run', command: { argv: ['touch', join(folder, 'ran')], result: 'json' }, on: 'local' },
      { id: 'call', http: { method: 'POST', url: `http://127.0.0.1:${port}/x`, token: '${TRIED_TOKEN}' } },
      { id: 'cache', redis: { url: `redis://127.0.0.1:${port}`, command: ['FLUSHDB'] } },
      { id: 'rows', sqlite: { file: join(folder, 'none.db'), sql: 'delete from rows', mutates: true } },
      { id: 'quiet', silence: { matchers: { alertname: 'X' }, for: '10m', reason: 'work' } },
      { id: 'block', firewall: { block: '${address}', for: '1h' }, on: 'local' },
      { id: 'find', 'log.addresses': { file: join(folder, 'none.log'), match: '401' }, on: 'local' },
      { id: 'stop', 'service.stop': { service: '${service}' } },
      { id: 'start', 'service.start': { service: '${service}' } },
      { id: 'restart', 'service.restart': { service: '${service}' } },
      { id: 'more', 'service.scale': { service: '${service}', replicas: '+1' } },
      { id: 'settle', wait: { for: 'healthy', within: '90s', stable: '10s' } },
      { id: 'seen', until: { probe: '${service.probes}', is: 'fail', within: '5m' } },
      { id: 'tell', notify: { channel: 'ops', text: 'done ${run.json.version}' }, when: { 'run.exit': 0 } },
    ];
  }
  const everything = () => ({
    risk: 'R3',
    parameters: { service: { type: 'service' }, address: { type: 'ip', default: '192.0.2.7' } },
    steps: eachKind(),
    verify: [{ probe: '${service.probes}' }],
  });

  it('goes through every kind of step by the engine itself, and touches nothing', async () => {
    const kinds = STEP_KINDS.map(({ kind }) => kind).filter((kind) => !WAYS_BACK.includes(kind));
    const file = write(everything());

    const { code, out, err } = await tried(file, 'service=gianna', '--result', 'run.json.version=7');

    expect({ code, err }, out).toEqual({ code: 0, err: '' });
    expect(kinds.filter((kind) => !eachKind().some((step) => Object.hasOwn(step, kind)))).toEqual([]);
    expect(out).toMatch(/^Stand-ins only: /);
    expect(out).toMatch(/\nsucceeded: .*\n/);
    for (const asked of [
      'local: write ',
      `local: touch ${join(folder, 'ran')}`,
      `http: POST http://127.0.0.1:${port}/x`,
      'redis: ["FLUSHDB"]',
      'sqlite: delete from rows',
      'Alertmanager: silence {alertname="X"} for 600 s',
      'docker-1: restart (graceful) gianna (container)',
      'Slack: post to ops: done 7',
    ])
      expect(out).toContain(asked);
    expect(heard).toBe(0);
    expect(['note', 'ran', 'none.db'].filter((name) => existsSync(join(folder, name)))).toEqual([]);
  });

  it('says what it took as given: the second person, the answer, a variable that is not set', async () => {
    const { out } = await tried(write(everything()), 'service=gianna', '--result', 'run.json.version=7');

    expect(out).toContain('a second person agreed; it would need one, because its risk is R3');
    expect(out).toContain('"Is everybody told?" (sure) was answered: continue');
    expect(out).toContain('TRIED_TOKEN is not set; a value that is none stands for it');
  });

  it('says what docs/runbooks.md shows', async () => {
    const page = readFileSync(join(repository, 'docs/runbooks.md'), 'utf8');
    const [, section = ''] = page.split('## Try a file');
    const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(section) ?? [];
    const [, argv = ''] = /`gianna-ops runbook test flush-cache\.yml (.*)`/.exec(section) ?? [];
    const [, shown = ''] = /```text\n(.*?)```/s.exec(section) ?? [];
    const file = join(folder, 'flush-cache.yml');
    writeFileSync(file, yaml);

    const { code, out } = await tried(file, ...argv.split(' '));

    const plain = (text: string) => text.replace(/plan [0-9a-f]{12}/, 'plan').replaceAll(env.GIANNA_CONFIG, 'config');
    expect(code).toBe(0);
    expect(plain(out)).toBe(plain(shown));
  });

  it('takes back afterwards what can be, the last step first', async () => {
    const file = write(everything());

    const { out } = await tried(file, 'service=gianna', '--result', 'run.json.version=7', '--json');

    const { undo, askedByUndo } = JSON.parse(out);
    const steps: Array<{ id: string; status: string }> = undo.steps;
    expect(undo.status).toBe('undone');
    expect(steps.filter(({ id }) => id.startsWith('undo-')).map(({ id, status }) => `${id} ${status}`)).toEqual([
      'undo-start done',
      'undo-stop done',
      'undo-block done',
      'undo-quiet done',
      'undo-note done',
    ]);
    expect(askedByUndo).toContain(`local: remove ${join(folder, 'note')}`);
  });

  it('names the problems of the file by line and column, and tries nothing', async () => {
    const command = { argv: ['true'] };
    const steps = [
      { id: 'x', probe: 'nowhere' },
      { id: 'y', command, on: 'nobody' },
    ];
    const file = write({ steps });

    const { code, out, err } = await tried(file);

    expect(code).toBe(1);
    expect(out).toMatch(new RegExp(`^${file}:\\d+:\\d+ error: .*nowhere`, 'm'));
    expect(out).toMatch(new RegExp(`^${file}:\\d+:\\d+ error: .*nobody`, 'm'));
    expect(err).toContain('Nothing was tried');
  });

  it('shows what follows when a step fails: what was done is taken back', async () => {
    const [, , note, run] = eachKind();
    const file = write({ on_failure: 'undo', steps: [note, run] });

    const { code, out } = await tried(file, '--fail', 'run', '--json');

    const { run: ended, asked } = JSON.parse(out);
    expect(code).toBe(0);
    expect(ended.status).toBe('undone');
    expect(ended.summary).toMatch(/run failed: .*made to fail; taken back: note/);
    expect(asked).toEqual([
      `local: write ${join(folder, 'note')} (5 characters)`,
      `local: remove ${join(folder, 'note')}`,
    ]);
  });

  it('stops at a failed step when the file says nothing else, and leaves the rest', async () => {
    const [, , note, run] = eachKind();
    const file = write({ steps: [run, note] });

    const { code, out } = await tried(file, '--fail', 'run', '--json');

    const statuses = JSON.parse(out).run.steps.map(({ id, status }: Record<string, string>) => `${id} ${status}`);
    expect(code).toBe(0);
    expect(statuses).toEqual(['run failed', 'note skipped']);
  });

  it('is no success when a step that was to fail is not reached', async () => {
    const [before, , note] = eachKind();
    const parameters = { service: { type: 'service' } };
    const file = write({ parameters, steps: [before, { ...note, when: { 'before.result': 'fail' } }] });

    const missed = await tried(file, 'service=gianna', '--fail', 'note');
    const reached = await tried(file, 'service=gianna', '--fail', 'note', '--result', 'before.result=fail');

    expect(missed.code).toBe(1);
    expect(missed.out).toContain('not ok: note was to fail and was left out');
    expect(reached.code).toBe(0);
  });

  it('tells of a verification that fails', async () => {
    const verify = [{ id: 'proof', probe: '${service.probes}' }];
    const file = write({ parameters: { service: { type: 'service' } }, steps: eachKind().slice(9, 10), verify });

    const { code, out } = await tried(file, 'service=gianna', '--result', 'proof.result=fail');

    expect(code).toBe(1);
    expect(out).toMatch(/not ok: it failed/);
  });

  it.each([
    ['continue', 0, ['sure done', 'run done'], 'succeeded'],
    ['skip', 0, ['sure done', 'run done'], 'succeeded'],
    ['abort', 1, ['sure skipped', 'run skipped'], 'interrupted'],
  ])('answers a step that asks: %s', async (answer, code, statuses, status) => {
    const [, sure, , run] = eachKind();
    const file = write({ steps: [sure, run] });

    const told = await tried(file, '--answer', `sure=${answer}`, '--json');

    const { run: ended, assumed } = JSON.parse(told.out);
    expect(told.code).toBe(code);
    expect(ended.status).toBe(status);
    expect(ended.steps.map(({ id, status: now }: Record<string, string>) => `${id} ${now}`)).toEqual(statuses);
    expect(assumed).toContain(`"Is everybody told?" (sure) was answered: ${answer}`);
  });

  it.each([
    [['--fail', 'rnu'], 'the runbook has no step "rnu"'],
    [['--answer', 'run=skip'], 'the step "run" asks nothing'],
    [['--result', 'run.code=1'], 'the step "run" gives no result "code"'],
    [['nobody=knows'], 'has no parameter "nobody"'],
  ])('refuses %j', async (argv, words) => {
    const file = write({ steps: eachKind().slice(3, 4) });

    const { code, err } = await tried(file, ...argv);

    expect(code).toBe(1);
    expect(err).toContain(words);
  });

  it('tries a changed copy of a runbook of the folder in its place', async () => {
    const file = write({ runbook: 'restart', steps: eachKind().slice(3, 4) }, 'copy.yml');

    const { code, out } = await tried(file);

    expect(code, out).toBe(0);
    expect(out).toMatch(/the file stands in the place of .*\/runbooks\/restart\.yml/);
  });
});
