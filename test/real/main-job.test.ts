import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Alertmanager, startAlertmanager } from '../support/alertmanager.ts';
import { ANA, BOT_CHANNELS, BOT_USERS, MARCO, OPS } from '../support/bot-config.ts';
import { type Bot, createBot } from '../support/bot-process.ts';
import { startDockerEngine, type TestEngine, whyNoEngine } from '../support/docker-engine.ts';
import { GIANNA_LABEL, type GiannaContainer, startGiannaContainer } from '../support/gianna-container.ts';
import { type LocalSlack, look, startLocalSlack } from '../support/local-slack.ts';
import { mayRun } from '../support/need.ts';
import { findCommand, until } from '../support/process.ts';
import { type Prometheus, startPrometheus } from '../support/prometheus.ts';
import { messagesIn, type SlackPerson, watchThread, wordsOf } from '../support/slack-person.ts';
import { type SlackProxy, startSlackProxy } from '../support/slack-proxy/proxy.ts';
import { openSlackUi } from '../support/slack-ui.ts';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const TOKEN = 'system-test-token';

/** Rules of the real rule file, word for word but for how long they wait. */
function realRules(waits: Readonly<Record<string, string>>): object[] {
  const file = fileURLToPath(new URL('../fixtures/gianna-alerts.yml', import.meta.url));
  const { groups } = parse(readFileSync(file, 'utf8')) as { groups: Array<{ rules: Array<{ alert: string }> }> };
  const rules = groups.flatMap((group) => group.rules).filter(({ alert }) => alert in waits);
  return [{ name: 'gianna', interval: '1s', rules: rules.map((rule) => ({ ...rule, for: waits[rule.alert] })) }];
}

function whyNot(): string | null {
  const missing = ['prometheus', 'prometheus-alertmanager'].filter((name) => findCommand(name) === null);
  return whyNoEngine() ?? (missing.length === 0 ? null : `${missing.join(', ')} not installed`);
}

describe.runIf(mayRun(whyNot()))('the main job, on real parts', () => {
  let engine: TestEngine;
  let gianna: GiannaContainer;
  let slack: LocalSlack;
  let proxy: SlackProxy;
  let bot: Bot;
  let alertmanager: Alertmanager;
  let prometheus: Prometheus;
  const stops: Array<() => Promise<unknown>> = [];

  beforeAll(async () => {
    engine = await startDockerEngine();
    stops.push(() => engine.stop());
    gianna = await startGiannaContainer(engine);
    stops.push(() => gianna.stop());
    slack = await startLocalSlack({ users: BOT_USERS, channels: BOT_CHANNELS });
    stops.push(() => slack.stop());
    proxy = await startSlackProxy({ upstream: slack.url, limits: 'real' });
    stops.push(() => proxy.stop());
    bot = await createBot({ slackUrl: proxy.url, config: serviceConfig(), env: { GIANNA_WEBHOOK_TOKEN: TOKEN } });
    stops.push(() => bot.remove());
    await bot.startReady();
    alertmanager = present(await startAlertmanager({ webhook: bot.webhook, token: TOKEN }));
    stops.push(() => alertmanager.stop());
    prometheus = present(
      await startPrometheus({
        jobs: { 'gianna-app': gianna.app, 'gianna-health': gianna.health },
        groups: realRules({ HealthCheckFailure: '1s', GiannaServiceDown: '20s' }),
        alertmanager: new URL(alertmanager.url).host,
      }),
    );
    stops.push(() => prometheus.stop());
  });
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  function serviceConfig() {
    const url = `http://${gianna.app}/health`;
    return {
      'hosts.yml': {
        hosts: { 'docker-1': { connect: 'docker', socket: engine.socket } },
        services: {
          gianna: {
            host: 'docker-1',
            environment: 'production',
            driver: 'container',
            selector: { label: GIANNA_LABEL },
            components: ['application', 'health', 'system'],
            probes: ['gianna-health'],
          },
        },
        default_service: 'gianna',
      },
      'probes.yml': {
        probes: {
          'gianna-health': { kind: 'http', url, timeout: '5s', expect: { status: 200, json: { status: 'healthy' } } },
        },
      },
    };
  }

  async function restartByModal(person: SlackPerson): Promise<void> {
    const ui = await openSlackUi(proxy.url);
    try {
      await person.press('gi.restart');
      await ui.frame((frame) => {
        const text = JSON.stringify(frame);
        return text.includes('gi.restart') && text.includes(gianna.id.slice(0, 12));
      });
      ui.submit(ANA, {});
      await person.replySays('the run is shown', (words) => /RUN-\d+/.test(words));
    } finally {
      ui.stop();
    }
  }

  /** What stands in a person's direct messages with the bot. */
  async function directMessages(user: string): Promise<string> {
    const { channels } = (await look(slack.url, 'state')) as {
      channels: Array<{ id: string; is_im: boolean; members: string[] }>;
    };
    const dms = channels.filter(({ is_im: isDm, members }) => isDm && members.includes(user));
    const found = await Promise.all(dms.map(({ id }) => messagesIn(slack.url, id)));
    return found.flat().map(wordsOf).join('\n');
  }

  it('goes from a broken health check to a resolved incident, by buttons', async () => {
    const ana = watchThread({ url: proxy.url, channel: OPS, user: ANA, alertname: 'HealthCheckFailure' });
    const startedBefore = await gianna.startedAt();

    await gianna.break();

    expect((await ana.parentSays('P0', 60_000)).text).toMatch(/FIRING.*HealthCheckFailure.*GI-1/);
    await ana.replySays('Ana is mentioned in the thread', (words) => words.includes(`<@${ANA}>`));
    for (const user of [ANA, MARCO]) {
      await until(`${user} has a direct message`, async () => (await directMessages(user)).includes('GI-1'));
    }

    await ana.press('gi.ack');
    expect((await ana.parentSays('ACK')).text).toMatch(/ACKED by .*GI-1/);

    await ana.press('gi.diagnose');
    const diagnosis = await ana.replySays(
      'the diagnosis',
      (words) => /gianna-health/.test(words) && /fail/i.test(words),
    );
    expect(wordsOf(diagnosis)).toMatch(/503|unhealthy/);

    await restartByModal(ana);
    await ana.replySays('the run is fixed', (words) => /RUN-1/.test(words) && /fixed/i.test(words), 60_000);
    expect(Date.parse(await gianna.startedAt())).toBeGreaterThan(Date.parse(startedBefore));

    await ana.parentSays('RECOVERED', 60_000);
    await ana.press('gi.resolve');
    expect((await ana.parentSays('RESOLVED')).text).toMatch(/RESOLVED after .*HealthCheckFailure/);
  });

  it('tells the same story by the command line, in the shapes of the contract', async () => {
    const [incident] = (await bot.cliJson('incidents')) as Array<Record<string, unknown>>;
    const [withAlerts] = (await bot.cliJson('incidents', '--alerts')) as Array<Record<string, unknown>>;
    const one = (await bot.cliJson('incidents', 'GI-1')) as Record<string, unknown>;
    const [run] = (await bot.cliJson('runs')) as Array<Record<string, unknown>>;

    expect(incident).toMatchObject({
      id: 'GI-1',
      title: expect.any(String),
      severity: 'P0',
      status: 'resolved',
      flags: [],
      service: 'gianna',
      channel: 'ops',
      owner: expect.stringContaining(ANA),
      openedAt: expect.stringMatching(ISO),
      acknowledgedAt: expect.stringMatching(ISO),
      resolvedAt: expect.stringMatching(ISO),
      alerts: { firing: 0, resolved: 1 },
      escalation: { level: expect.any(Number), nextAt: null },
    });
    expect(withAlerts?.alerts).toEqual([
      {
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
        startsAt: expect.stringMatching(ISO),
        endsAt: expect.stringMatching(ISO),
        status: 'resolved',
        labels: expect.objectContaining({ alertname: 'HealthCheckFailure', component: 'health', severity: 'critical' }),
      },
    ]);
    expect(one.alerts).toEqual(withAlerts?.alerts);
    const line = {
      at: expect.stringMatching(ISO),
      kind: expect.any(String),
      by: expect.any(String),
      text: expect.any(String),
    };
    expect(one.timeline).toEqual(expect.arrayContaining([expect.objectContaining(line)]));
    expect(run).toMatchObject({
      id: 'RUN-1',
      runbook: 'restart',
      status: 'succeeded',
      verdict: 'fixed',
      by: expect.stringContaining(ANA),
      approvedBy: null,
      startedAt: expect.stringMatching(ISO),
      endedAt: expect.stringMatching(ISO),
    });
    const steps = run?.steps as Array<Record<string, unknown>>;
    expect(steps.length).toBeGreaterThanOrEqual(3);
    for (const step of steps) {
      expect(step).toMatchObject({ id: expect.any(String), status: 'done', summary: expect.any(String) });
      expect(step.seconds).toEqual(expect.any(Number));
    }
  });

  it('has one parent, and asked nothing of Slack that Slack refuses', async () => {
    const parents = (await messagesIn(slack.url, OPS)).filter(
      ({ thread_ts: thread, text }) => thread === undefined && text.includes('GI-1'),
    );
    const refused = proxy.calls.filter(({ answer }) => !['ok', 'open'].includes(answer));

    expect(parents).toHaveLength(1);
    expect(refused.map(({ method, answer }) => `${method}: ${answer}`)).toEqual([]);
  });

  it('brings a container back that was stopped by hand', async () => {
    const ana = watchThread({ url: proxy.url, channel: OPS, user: ANA, alertname: 'GiannaServiceDown' });
    await engine.docker.getContainer(gianna.id).stop({ t: 1 });

    expect((await ana.parentSays('P0', 60_000)).text).toMatch(/FIRING.*GiannaServiceDown/);
    const ran = await bot.cli('runbook', 'run', 'restart', 'service=gianna', '--wait', '--json');

    expect(JSON.parse(ran.stdout)).toMatchObject({ status: 'succeeded', verdict: 'fixed' });
    expect(ran.code).toBe(0);
    await ana.parentSays('RECOVERED', 60_000);
  });

  it('stops clean, and its journal verifies with every state folded again', async () => {
    bot.signal('SIGTERM');
    const { code } = await bot.ended();

    const verified = (await bot.cliJson('journal', 'verify', '--state')) as Record<string, unknown>;

    expect(code).toBe(0);
    expect(verified).toMatchObject({ ok: true, events: expect.any(Number), firstBad: null });
    expect(verified.head).toBeDefined();
  });

  it('prints nothing that is a secret', () => {
    for (const secret of [TOKEN, 'xoxb-test-token', 'xapp-test-token']) expect(bot.output()).not.toContain(secret);
  });
});

function present<T>(part: T | null): T {
  if (part === null) throw new Error('a real part is missing');
  return part;
}
