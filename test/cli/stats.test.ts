import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oncallReport } from '../../src/oncall/report.ts';
import { EXAMPLES, EXAMPLES_ENV } from '../core/config/folder.ts';
import { testConfig } from '../support/config.ts';
import { openReportsWorld, type ReportsWorld } from '../support/reports-world.ts';
import { callCli } from './call.ts';
import { type RunningBot, startRunningBot } from './running-bot.ts';

describe('stats without a bot', () => {
  let world: ReportsWorld;
  let env: NodeJS.ProcessEnv;
  let paged: string | undefined;
  beforeAll(async () => {
    const now = Date.now();
    const [primary] = oncallReport(testConfig().oncall, now - 7200_000);
    paged = primary?.now[0];
    world = await openReportsWorld({ startAt: now - 7200_000 });
    const labels = { alertname: 'GiannaServiceDown', severity: 'critical' };
    await world.deliver([{ fingerprint: 'a', labels, startsAt: world.clock.now() }]);
    await world.passTo(world.clock.now() + 60_000);
    await world.ask('ack', 'GI-1');
    env = {
      ...EXAMPLES_ENV,
      GIANNA_CONFIG: EXAMPLES,
      GIANNA_SOCKET: '/nonexistent/ops.sock',
      GIANNA_DATABASE_URL: `sqlite:${world.path()}`,
    };
  });
  afterAll(() => world.close());

  it('counts from the store and the configuration', async () => {
    const { code, out } = await callCli(['stats', '--json'], env);

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      timezone: 'America/Sao_Paulo',
      opened: { P0: 1, P1: 0 },
      times: { acknowledge: { P0: { n: 1, p50: 60, p90: 60 } }, resolve: { P0: { n: 0, p50: null } } },
      noise: [{ alertname: 'GiannaServiceDown', incidents: 1, acknowledged: 1 }],
    });
  });

  it('leaves out what lies before --since', async () => {
    const { out } = await callCli(['stats', '--since', '1h', '--json'], env);

    expect(JSON.parse(out)).toMatchObject({ opened: { P0: 0 }, noise: [], pages: [] });
  });

  it('prints tables for people', async () => {
    const { out } = await callCli(['stats', '--since', '7d'], env);

    expect(out).toMatch(/^P0 {3}1 {7}1m, p90 1m, of 1 {2}- {10}-$/m);
    expect(out).toMatch(/^GiannaServiceDown {2}1 {10}1 {13}0/m);
    expect(out).toMatch(new RegExp(`^${paged} {5}1 `, 'm'));
  });

  it.each(['yesterday', '-7d', '0d', '7'])('is misuse with --since %s', async (since) => {
    const { code } = await callCli(['stats', '--since', since], env);

    expect(code).toBe(2);
  });
});

describe('stats of the running bot', () => {
  let bot: RunningBot;
  beforeAll(async () => {
    bot = await startRunningBot();
  });
  afterAll(() => bot.stop());

  it('are asked for over the socket, and foreign names cannot steer the terminal', async () => {
    const { code, out } = await callCli(['stats'], bot.env);

    expect(code).toBe(0);
    expect(out).toContain('1m, p90 2m, of 2');
    expect(out).toMatch(/^Down {3}2 /m);
    expect(out).not.toContain('\u001b');
  });
});
