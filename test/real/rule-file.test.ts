import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { startAlertmanager } from '../support/alertmanager.ts';
import { BOT_CHANNELS, BOT_USERS, OPS } from '../support/bot-config.ts';
import { type Bot, createBot } from '../support/bot-process.ts';
import { type GiannaExporter, startGiannaExporter } from '../support/gianna-exporter.ts';
import { type LocalSlack, startLocalSlack } from '../support/local-slack.ts';
import { mayRun } from '../support/need.ts';
import { findCommand, until } from '../support/process.ts';
import { type Prometheus, startPrometheus } from '../support/prometheus.ts';
import { readRules, scaleRules, secondsOf, withoutDurations } from '../support/scaled-rules.ts';
import { messagesIn } from '../support/slack-person.ts';
import { type SlackProxy, startSlackProxy } from '../support/slack-proxy/proxy.ts';

const file = fileURLToPath(new URL('../fixtures/gianna-alerts.yml', import.meta.url));
const groups = readRules(readFileSync(file, 'utf8'));
const scaled = scaleRules(groups);
const rules = groups.flatMap((group) => group.rules);
/** These fire when the service is gone; all others when it answers with bad figures. */
const WHEN_DOWN = ['GiannaServiceDown', 'HealthCheckFailure'];
const WITHIN_MS = 90_000;

interface Incident {
  readonly id: string;
  readonly title: string;
  readonly alertname: string;
  readonly severity: string;
  readonly status: string;
  readonly service: string | null;
  readonly channel: string;
  readonly alerts: ReadonlyArray<{ readonly status: string; readonly labels: Readonly<Record<string, string>> }>;
}

/** What CONFIG.md's routes make of a rule, said once more by hand. */
function expectedSeverity({ alert, labels }: (typeof rules)[number]): string {
  if (alert === 'GiannaServiceDown') return 'P0';
  if (labels.severity === 'critical') return labels.component === 'health' ? 'P0' : 'P1';
  return labels.severity === 'warning' ? 'P2' : 'P3';
}

function whyNot(): string | null {
  const needed = ['prometheus', 'prometheus-alertmanager', 'promtool'];
  const missing = needed.filter((name) => findCommand(name) === null);
  return missing.length === 0 ? null : `${missing.join(', ')} not installed`;
}

describe.runIf(mayRun(whyNot()))('the rule file of the real service, through Prometheus and Alertmanager', () => {
  let exporter: GiannaExporter;
  let slack: LocalSlack;
  let proxy: SlackProxy;
  let bot: Bot;
  let prometheus: Prometheus;
  const stops: Array<() => Promise<unknown>> = [];

  beforeAll(async () => {
    exporter = await startGiannaExporter();
    stops.push(() => exporter.stop());
    slack = await startLocalSlack({ users: BOT_USERS, channels: BOT_CHANNELS });
    stops.push(() => slack.stop());
    proxy = await startSlackProxy({ upstream: slack.url, limits: 'real' });
    stops.push(() => proxy.stop());
    bot = await createBot({ slackUrl: proxy.url, config: serviceConfig() });
    stops.push(() => bot.remove());
    await bot.startReady();
    const alertmanager = present(await startAlertmanager({ webhook: bot.webhook, token: bot.token }));
    stops.push(() => alertmanager.stop());
    const jobs = { 'gianna-app': exporter.app, 'gianna-health': exporter.health };
    prometheus = present(await startPrometheus({ jobs, groups: scaled, alertmanager: new URL(alertmanager.url).host }));
    stops.push(() => prometheus.stop());
  });
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  async function incidents(): Promise<Incident[]> {
    return (await bot.cliJson('incidents', '--alerts')) as Incident[];
  }

  /** The incident of each of these rules, once all of them have one that looks as asked. */
  async function eachOf(alertnames: readonly string[], looks: (incident: Incident) => boolean): Promise<Incident[]> {
    let missing: readonly string[] = alertnames;
    try {
      return await until(
        'an incident of each rule',
        async () => {
          const all = (await incidents()).filter(looks);
          missing = alertnames.filter((name) => !all.some(({ alertname }) => alertname === name));
          return missing.length === 0 ? all.filter(({ alertname }) => alertnames.includes(alertname)) : null;
        },
        WITHIN_MS,
      );
    } catch (error) {
      throw new Error(`not seen: ${missing.join(', ')}`, { cause: error });
    }
  }

  /** Each rule: one incident, where and as urgent as its labels say. */
  function expectRouted(found: readonly Incident[], alertnames: readonly string[]): void {
    const shown = found.map(({ alertname, severity, channel, service }) => ({ alertname, severity, channel, service }));
    const expected = rules
      .filter(({ alert }) => alertnames.includes(alert))
      .map((rule) => ({ alertname: rule.alert, severity: expectedSeverity(rule), channel: 'ops', service: 'gianna' }));
    const byName = (a: { alertname: string }, b: { alertname: string }) => a.alertname.localeCompare(b.alertname);

    expect([...shown].sort(byName)).toEqual([...expected].sort(byName));
    for (const { alertname, title, alerts } of found) {
      const rule = rules.find(({ alert }) => alert === alertname);
      expect(title).toBe(rule?.annotations.summary);
      for (const { labels } of alerts) expect(labels).toMatchObject({ alertname, ...rule?.labels });
    }
  }

  /** The parent of an incident's thread, once it says so. */
  async function parentSays(incident: Incident, words: readonly string[]): Promise<void> {
    await until(
      `the parent of ${incident.alertname} says ${words.join(' ')}`,
      async () =>
        (await messagesIn(slack.url, OPS)).some(
          ({ thread_ts: thread, text }) => thread === undefined && words.every((word) => text.includes(word)),
        ),
      WITHIN_MS,
    );
  }

  it('is the real file but for its durations, which are all scaled alike, and a good one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gianna-rules-'));
    writeFileSync(join(folder, 'scaled.yml'), stringify({ groups: scaled }));
    const check = (path: string) =>
      execFileSync(findCommand('promtool') ?? '', ['check', 'rules', path], { encoding: 'utf8' });

    expect(withoutDurations(scaled)).toEqual(withoutDurations(groups));
    expect(check(file)).toContain(`${rules.length} rules found`);
    expect(check(join(folder, 'scaled.yml'))).toContain(`${rules.length} rules found`);
    const waits = rules.map(({ for: wait }, index) => ({
      real: secondsOf(wait),
      scaled: secondsOf(scaled.flatMap((group) => group.rules)[index]?.for ?? ''),
    }));
    for (const wait of waits) expect(wait.scaled).toBe(Math.max(1, Math.ceil(wait.real / 600)));
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    rmSync(folder, { recursive: true });
  });

  it('raises nothing while the service is well', async () => {
    await until(
      'every rule was evaluated on what was scraped',
      async () => {
        const seen = await evaluated(prometheus.url);
        return (
          seen.length === rules.length &&
          seen.every(({ health, lastEvaluation }) => health === 'ok' && since(lastEvaluation))
        );
      },
      WITHIN_MS,
    );

    expect(await incidents()).toEqual([]);
  });

  it('raises every rule about bad figures, each as urgent and where its labels say', async () => {
    exporter.become('ill');
    const names = namesOf((name) => !WHEN_DOWN.includes(name));

    const found = await eachOf(names, ({ status }) => status === 'firing');

    expectRouted(found, names);
    for (const incident of found.filter(hasThread)) {
      await parentSays(incident, ['FIRING', incident.severity, incident.alertname, incident.id]);
    }
  });

  it('recovers each of them once the figures are good again', async () => {
    exporter.become('well');
    const names = namesOf((name) => !WHEN_DOWN.includes(name));

    const found = await eachOf(names, isOver);

    expectRouted(found, names);
    for (const incident of found.filter(hasThread)) await parentSays(incident, ['RECOVERED', incident.alertname]);
  });

  it('raises the rules about a service that is gone, and recovers them when it is back', async () => {
    exporter.become('down');
    const found = await eachOf(WHEN_DOWN, ({ status }) => status === 'firing');
    expectRouted(found, WHEN_DOWN);
    for (const incident of found) await parentSays(incident, ['FIRING', 'P0', incident.alertname, incident.id]);

    exporter.become('well');
    for (const incident of await eachOf(WHEN_DOWN, isOver))
      await parentSays(incident, ['RECOVERED', incident.alertname]);
  });

  it('gave every rule one incident, and planned work no thread', async () => {
    const all = await incidents();
    const planned = all.filter(({ severity }) => severity === 'P3').map(({ id }) => id);
    const posted = proxy.callsOf('chat.postMessage').map(({ body }) => body.metadata as Metadata | undefined);

    expect(all.map(({ alertname }) => alertname).sort()).toEqual(namesOf(() => true).sort());
    expect(planned).toHaveLength(rules.filter(({ labels }) => labels.severity === 'info').length);
    expect(posted.filter((metadata) => planned.includes(metadata?.event_payload?.id ?? ''))).toEqual([]);
  });

  it('leaves a journal that verifies, with every state folded again', async () => {
    bot.signal('SIGTERM');
    await bot.ended();

    expect(await bot.cliJson('journal', 'verify', '--state')).toMatchObject({ ok: true, firstBad: null });
  });
});

interface Metadata {
  readonly event_payload?: { readonly id?: string };
}

function namesOf(wanted: (alertname: string) => boolean): string[] {
  return rules.map(({ alert }) => alert).filter(wanted);
}

function hasThread({ severity }: Incident): boolean {
  return severity !== 'P3';
}

function isOver({ status, alerts }: Incident): boolean {
  return status === 'recovered' && alerts.every((alert) => alert.status === 'resolved');
}

/** The alerting rules as Prometheus says that it last evaluated them. */
async function evaluated(url: string): Promise<Array<{ health: string; lastEvaluation: string }>> {
  const answer = (await (await fetch(`${url}/api/v1/rules`)).json()) as {
    data: { groups: Array<{ rules: Array<{ health: string; lastEvaluation: string }> }> };
  };
  const up = (await (await fetch(`${url}/api/v1/query?query=sum(up)`)).json()) as {
    data: { result: Array<{ value: [number, string] }> };
  };
  return up.data.result[0]?.value[1] === '2' ? answer.data.groups.flatMap((group) => group.rules) : [];
}

function since(time: string): boolean {
  return Date.parse(time) > 0;
}

/** The service that the rules are about; nothing of it can be acted upon here. */
function serviceConfig() {
  const argv = ['/bin/false'];
  const components = [...new Set(rules.map(({ labels }) => labels.component))];
  const command = { start: argv, stop: argv, status: argv };
  return {
    'hosts.yml': {
      hosts: { local: { connect: 'local' } },
      services: { gianna: { host: 'local', driver: 'command', command, components } },
    },
  };
}

function present<T>(part: T | null): T {
  if (part === null) throw new Error('a real part is missing');
  return part;
}
