import { describe, expect, it } from 'vitest';
import { readLabels } from '../../src/cli/read-labels.ts';
import { EXAMPLES, EXAMPLES_ENV } from '../core/config/folder.ts';
import { callCli } from './call.ts';

const env = { ...EXAMPLES_ENV, GIANNA_CONFIG: EXAMPLES };
const AT = ['--at', '2026-11-28T10:00:00Z'];

describe('check --explain', () => {
  it('answers for several alerts as JSON, with the line of the route', async () => {
    const argv = ['check', '--explain', 'alertname=GiannaServiceDown', '--explain', 'severity=info', ...AT, '--json'];

    const { code, out } = await callCli(argv, env);

    expect(code).toBe(0);
    const [down, info] = JSON.parse(out);
    expect(down).toMatchObject({
      at: '2026-11-28T10:00:00.000Z',
      route: { position: 2, match: '{ alertname: GiannaServiceDown }' },
      severity: 'P0',
      channel: 'ops',
      channelName: '#gianna-ops',
      respondBy: '2026-11-28T10:15:00.000Z',
      resolve: 'human',
      ackExpires: { askAfter: 1800, pageOwnerAfter: 300, nextLevelAfter: 300 },
    });
    expect(down.route.line).toBeGreaterThan(1);
    expect(down.steps[1]).toMatchObject({ at: '2026-11-28T10:05:00.000Z', afterSeconds: 300, level: 2, repeat: 0 });
    expect(info).toMatchObject({
      severity: 'P3',
      steps: [],
      digest: { at: '2026-11-30T12:00:00.000Z', channel: 'ops' },
    });
  });

  it('tells people minute by minute who is paged, by what, and who is not', async () => {
    const { out } = await callCli(['check', '--explain', 'alertname=GiannaServiceDown', ...AT], env);

    expect(out).toContain('  severity  P0\n');
    expect(out).toContain('2026-11-28 10:00:00 UTC  level 1: ana by thread, dm; marco by thread, dm\n');
    expect(out).toContain('not ana by sms, voice (this means is not set up)');
    expect(out).toContain('repeat of level 4 (8 times, to +2h15m)');
    expect(out).toContain('exhausted: channel:ops by thread');
  });

  it('says that the watchdog opens nothing', async () => {
    const { out } = await callCli(['check', '--explain', 'alertname=Watchdog', ...AT], env);

    expect(out).toContain('This is the watchdog');
    expect(out).not.toContain('level 1');
  });

  it('lists the problems instead when the configuration has errors', async () => {
    const { code, out, err } = await callCli(['check', '--explain', 'severity=info'], { GIANNA_CONFIG: EXAMPLES });

    expect(code).toBe(1);
    expect(out).toContain('error:');
    expect(err).toContain('Mend what is listed');
  });

  it.each(['', 'severity', 'a=1 a=2', 'a="open', '1a=2', 'a=1 b'])('is misuse with %j', async (labels) => {
    const { code, err } = await callCli(['check', '--explain', labels], env);

    expect(code).toBe(2);
    expect(err).not.toBe('');
  });
});

describe('readLabels', () => {
  it('reads quoted values, empty ones and what other languages inherit', () => {
    const labels = readLabels(String.raw`alertname=X  summary="two \"words\"" other='it is' empty= __proto__=y`);

    expect(Object.entries(labels)).toEqual([
      ['alertname', 'X'],
      ['summary', 'two "words"'],
      ['other', 'it is'],
      ['empty', ''],
      ['__proto__', 'y'],
    ]);
  });
});
