import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EscalationRoom, openEscalationRoom } from '../oncall/escalation-room.ts';
import { callCli } from './call.ts';

const run = promisify(execFile);

describe('the CLI without a bot', () => {
  let room: EscalationRoom;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    room = await openEscalationRoom();
    await room.move({ severity: 'P0' });
    await room.journal().put({
      lane: 'machines',
      source: 'alertmanager',
      key: 'a',
      receivedAt: room.clock.now(),
      body: Buffer.from('{}'),
    });
    env = { GIANNA_SOCKET: '/nonexistent/ops.sock', GIANNA_DATABASE_URL: `sqlite:${room.path()}` };
  });
  afterAll(() => room.close());

  it('lists incidents from the store', async () => {
    const { code, out } = await callCli(['incidents', '--json'], env);

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([
      {
        id: 'GI-1',
        severity: 'P0',
        status: 'firing',
        flags: [],
        alerts: { firing: 1, resolved: 0 },
        escalation: { level: 1, nextAt: '2026-11-23T13:05:00.000Z' },
      },
    ]);
  });

  it('lists every alert with --alerts', async () => {
    const { out } = await callCli(['incidents', '--alerts', '--json'], env);

    expect(JSON.parse(out)).toMatchObject([{ id: 'GI-1', alerts: [] }]);
  });

  it('shows one incident with its timeline, pages among it', async () => {
    const json = await callCli(['incidents', 'GI-1', '--json'], env);
    const human = await callCli(['incidents', 'GI-1'], env);

    const { timeline } = JSON.parse(json.out) as { timeline: Array<{ kind: string; text: string; at: string }> };
    expect(timeline).toContainEqual({
      at: '2026-11-23T13:00:00.000Z',
      kind: 'escalation.paged',
      by: 'auto',
      text: 'paged ana, marco (level 1)',
    });
    expect(human.out).toContain('paged ana, marco (level 1)');
  });

  it('lists the inbox, by itself and by `list`', async () => {
    const bare = await callCli(['inbox', '--json'], env);
    const list = await callCli(['inbox', 'list', '--json'], env);

    expect(JSON.parse(bare.out)).toMatchObject([{ state: 'waiting', source: 'alertmanager', tries: 0 }]);
    expect(list.out).toBe(bare.out);
  });

  it('lists no runs', async () => {
    const { code, out } = await callCli(['runs'], env);

    expect([code, out]).toEqual([0, 'No runbook has been run yet.\n']);
  });

  it('tails the journal', async () => {
    const { out } = await callCli(['journal', 'tail', '-n', '1', '--json'], env);

    expect(JSON.parse(out)).toMatchObject([{ type: 'escalation.paged', incident: 'GI-1', actor: 'auto' }]);
  });

  it('exports every event as a JSON line', async () => {
    const { out } = await callCli(['journal', 'export'], env);

    const lines = out.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual(lines.map((_, index) => index + 1));
  });

  it('verifies the chain', async () => {
    const { code, out } = await callCli(['journal', 'verify', '--json'], env);

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ ok: true, firstBad: null, events: expect.any(Number) });
  });

  it('answers as a process of its own, with exit codes and nothing but JSON on stdout', async () => {
    const entry = join(import.meta.dirname, 'entry.ts');
    const own = { ...process.env, ...env };
    const argv = (...words: string[]) => ['--import', 'tsx', entry, ...words];

    const done = await run(process.execPath, argv('incidents', '--json'), { env: own });
    const refused = await run(process.execPath, argv('ack', 'GI-1', '--json'), { env: own }).catch((error) => error);
    const misused = await run(process.execPath, argv('ak'), { env: own }).catch((error) => error);
    const started = await run(process.execPath, argv('start'), { env: own }).catch((error) => error);

    expect(JSON.parse(done.stdout)).toHaveLength(1);
    expect([refused.code, misused.code, started.code]).toEqual([1, 2, 3]);
    expect(JSON.parse(refused.stderr)).toMatchObject({ error: { code: 'BOT_NOT_RUNNING' } });
  }, 60_000);
});

describe('the CLI on the shipped configuration', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gianna-cli-'));
  const env = { GIANNA_CONFIG: 'config', GIANNA_SOCKET: join(folder, 'ops.sock') };
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('finds no error', async () => {
    const { code, out, err } = await callCli(['check', '--json'], env);

    expect([code, err]).toEqual([0, '']);
    for (const problem of JSON.parse(out)) expect(problem).toMatchObject({ severity: 'warning' });
  });

  it('says who is on call', async () => {
    const { code, out } = await callCli(['oncall', '--at', '2026-11-23', '--json'], env);

    expect(code).toBe(0);
    expect(JSON.parse(out)).toContainEqual(expect.objectContaining({ schedule: 'primary', now: [expect.any(String)] }));
  });

  it('reports every problem of an empty folder with exit 1', async () => {
    const { code, out, err } = await callCli(['check', '--json'], { ...env, GIANNA_CONFIG: folder });

    expect(code).toBe(1);
    expect((JSON.parse(out) as unknown[]).length).toBeGreaterThan(3);
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'CONFIG_INVALID' } });
  });
});
