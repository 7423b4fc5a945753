import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Alertmanager, startAlertmanager } from '../support/alertmanager.ts';
import { BOT_CHANNELS, BOT_USERS, OPS, routesFile } from '../support/bot-config.ts';
import { type Bot, createBot } from '../support/bot-process.ts';
import { startDockerEngine, type TestEngine, whyNoEngine } from '../support/docker-engine.ts';
import { GIANNA_LABEL } from '../support/gianna-container.ts';
import { type LocalSlack, startLocalSlack } from '../support/local-slack.ts';
import { mayRun } from '../support/need.ts';
import { findCommand, until } from '../support/process.ts';
import { type Prometheus, startPrometheus } from '../support/prometheus.ts';
import { type PrometheusStandIn, startPrometheusStandIn } from '../support/prometheus-stand-in.ts';
import { messagesIn, wordsOf } from '../support/slack-person.ts';
import { type SlackProxy, startSlackProxy } from '../support/slack-proxy/proxy.ts';

const TOKEN = 'system-test-token';
const EVIDENCE = (incident: string) => `evidence:${incident}`;
const WRITES = `trap "exit 0" TERM
echo "started with DB_PASSWORD=form-canary"
while :; do echo "GET /work 200 token $WEBHOOK"; echo 'worker <3> is \`stuck\` & slow' >&2; sleep 1; done`;

interface Block {
  readonly type: string;
  readonly alt_text?: string;
  readonly slack_file?: { readonly id: string };
}

function whyNot(): string | null {
  const missing = ['prometheus', 'prometheus-alertmanager'].filter((name) => findCommand(name) === null);
  return whyNoEngine() ?? (missing.length === 0 ? null : `${missing.join(', ')} not installed`);
}

describe.runIf(mayRun(whyNot()))('context in the thread, on real parts', () => {
  let cpu = 20;
  let exporter: Server;
  let engine: TestEngine;
  let slack: LocalSlack;
  let proxy: SlackProxy;
  let bot: Bot;
  let alertmanager: Alertmanager;
  let prometheus: Prometheus;
  let silent: PrometheusStandIn;
  let decoy: PrometheusStandIn;
  const stops: Array<() => unknown> = [];

  beforeAll(async () => {
    exporter = createServer((_request, response) => response.end(`gianna_cpu_usage_percent ${cpu}\n`));
    await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve));
    stops.push(() => exporter.close());
    engine = await startDockerEngine();
    stops.push(() => engine.stop());
    const [name, value] = GIANNA_LABEL.split('=') as [string, string];
    await engine.run('gianna', { argv: ['sh', '-c', `WEBHOOK=${TOKEN}\n${WRITES}`], labels: { [name]: value } });
    slack = await startLocalSlack({ users: BOT_USERS, channels: BOT_CHANNELS });
    stops.push(() => slack.stop());
    proxy = await startSlackProxy({ upstream: slack.url, limits: 'real' });
    stops.push(() => proxy.stop());
    bot = await createBot({ slackUrl: proxy.url, env: { GIANNA_WEBHOOK_TOKEN: TOKEN } });
    stops.push(() => bot.remove());
    alertmanager = present(await startAlertmanager({ webhook: bot.webhook, token: TOKEN }));
    stops.push(() => alertmanager.stop());
    prometheus = present(
      await startPrometheus({
        jobs: { gianna: `127.0.0.1:${(exporter.address() as AddressInfo).port}` },
        groups: cpuRule(),
        alertmanager: new URL(alertmanager.url).host,
      }),
    );
    stops.push(() => prometheus.stop());
    silent = await startPrometheusStandIn();
    silent.answer = () => null;
    stops.push(() => silent.stop());
    decoy = await startPrometheusStandIn();
    stops.push(() => decoy.stop());
    bot.configure(config(prometheus.url));
    await bot.startReady();
  });
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  function config(prometheusUrl: string) {
    return {
      'routes.yml': { ...routesFile(), prometheus: { url: prometheusUrl } },
      'hosts.yml': {
        hosts: { 'docker-1': { connect: 'docker', socket: engine.socket } },
        services: {
          gianna: {
            host: 'docker-1',
            driver: 'container',
            selector: { label: GIANNA_LABEL },
            components: ['system', 'application'],
            probes: ['container'],
          },
        },
        default_service: 'gianna',
      },
      'probes.yml': { probes: { container: { kind: 'docker', host: 'docker-1', selector: { label: GIANNA_LABEL } } } },
    };
  }

  /** What the evidence reply of an incident says now; null: it is not there. */
  function evidence(incident: string): { words: string; image: Block | null } | null {
    const calls = proxy.calls.filter(({ answer, body }) => {
      const { key } = (body.metadata as { event_payload?: { key?: string } })?.event_payload ?? {};
      return answer === 'ok' && key === EVIDENCE(incident);
    });
    const last = calls.at(-1);
    if (last === undefined) return null;
    const blocks = (last.body.blocks ?? []) as Block[];
    return { words: JSON.stringify(blocks), image: blocks.find(({ type }) => type === 'image') ?? null };
  }

  it('tells what the expression did, what the container wrote and what was deployed, by itself', async () => {
    await until('Prometheus has seen quiet times', async () => (await points(prometheus)) > 8, 60_000);
    const deployed = await fetch(`${bot.url}/webhooks/deploy`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ service: 'gianna', version: 'v1.42', by: 'pipeline' }),
    });
    cpu = 91;

    await until('the evidence has its picture', () => evidence('GI-1')?.image != null, 90_000);
    const { words, image } = present(evidence('GI-1'));

    expect(deployed.status).toBe(200);
    expect(image?.alt_text).toMatch(
      /gianna_cpu_usage_percent 20 % → 91 % over .*threshold &gt; 80 %, fired \d\d:\d\d UTC/,
    );
    expect(words).toMatch(/at firing 91 % · peak 91 % · now 91 %/);
    expect(words).toContain('deployed gianna v1.42 by pipeline');
    expect(words).toMatch(/before it fired/);
    expect(words).toContain('worker &lt;3&gt; is ˋstuckˋ &amp; slow');
    expect(words).toMatch(/GET \/work 200 token \[redacted\]/);
    expect(words).toContain('looked by itself');
    expect(words).toContain('`restart`');
    expect(words).not.toMatch(/canary|system-test-token/);
    expect(words).not.toContain('⚠️');
  });

  it('has a chart that is a picture', async () => {
    const png = await download(String(evidence('GI-1')?.image?.slack_file?.id));

    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([800, 360]);
    expect(png.length).toBeGreaterThan(8_000);
  });

  it('shows it as one reply of the thread, which a member of the channel sees', async () => {
    const messages = await messagesIn(slack.url, OPS);
    const replies = messages.filter((message) => wordsOf(message).includes('gianna_cpu_usage_percent'));

    expect(replies.length).toBe(1);
    expect(replies[0]?.thread_ts).toBeDefined();
    expect(messages.some((message) => wordsOf(message).includes('canary'))).toBe(false);
  });

  it('keeps the values of the firing when it is over', async () => {
    cpu = 30;

    await until(
      'the last values are there',
      () => evidence('GI-1')?.words.includes('when it was over 30 %') === true,
      60_000,
    );

    expect(evidence('GI-1')?.words).toMatch(/at firing 91 % · peak 91 % · when it was over 30 %/);
  });

  it('loses one line, not the thread, to a Prometheus that does not answer', async () => {
    bot.configure(config(silent.url));
    bot.signal('SIGHUP');
    await until('the configuration is taken', () => bot.output().includes('configuration reloaded'));
    const labels = { alertname: 'Stuck', severity: 'critical', component: 'system' };
    await alertmanager.send([{ labels, generatorURL: `${decoy.url}/graph?g0.expr=gianna_cpu_usage_percent+%3E+80` }]);

    await until('the evidence is whole', () => /⚠️ Chart/.test(evidence('GI-2')?.words ?? ''), 60_000);

    const { words } = present(evidence('GI-2'));
    expect(words).toMatch(/⚠️ Chart: (no answer within 5 s|Prometheus at \S+ does not answer: no answer within 4.5 s)/);
    expect(words).toContain('worker &lt;3&gt; is ˋstuckˋ &amp; slow');
    expect(silent.asked.map(({ path }) => path)).toContain('/api/v1/query_range');
    expect(decoy.connections()).toBe(0);
  });

  it('asked nothing of Slack that Slack refuses, and its journal verifies', async () => {
    const refused = proxy.calls.filter(({ answer }) => !['ok', 'open'].includes(answer));
    bot.signal('SIGTERM');
    const { code } = await bot.ended();

    expect(refused.map(({ method, answer }) => `${method}: ${answer}`)).toEqual([]);
    expect(code).toBe(0);
    expect(await bot.cliJson('journal', 'verify', '--state')).toMatchObject({ ok: true });
    expect(bot.output()).not.toMatch(/canary|system-test-token/);
  });

  async function download(file: string): Promise<Buffer> {
    const headers = { authorization: 'Bearer xoxb-test-token' };
    const info = await (await fetch(`${slack.url}/api/files.info?file=${file}`, { headers })).json();
    const url = (info as { file: { url_private: string } }).file.url_private;
    return Buffer.from(await (await fetch(url, { headers })).arrayBuffer());
  }
});

/** The rule of the real file, word for word but for how long it waits. */
function cpuRule(): object[] {
  const file = fileURLToPath(new URL('../fixtures/gianna-alerts.yml', import.meta.url));
  const { groups } = parse(readFileSync(file, 'utf8')) as { groups: Array<{ rules: Array<{ alert: string }> }> };
  const rules = groups.flatMap((group) => group.rules).filter(({ alert }) => alert === 'HighCPUUsage');
  return [{ name: 'gianna', interval: '1s', rules: rules.map((rule) => ({ ...rule, for: '2s' })) }];
}

async function points({ url }: Prometheus): Promise<number> {
  const answer = await fetch(`${url}/api/v1/query?query=count_over_time(gianna_cpu_usage_percent[1h])`);
  const { data } = (await answer.json()) as { data: { result: Array<{ value: [number, string] }> } };
  return Number(data.result[0]?.value[1] ?? 0);
}

function present<T>(part: T | null): T {
  if (part === null) throw new Error('a real part is missing');
  return part;
}
