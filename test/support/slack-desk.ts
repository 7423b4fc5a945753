import type { IncidentContext } from '../../src/alerts/context/context.ts';
import { readContext } from '../../src/alerts/context/read.ts';
import { describeIncidentEvent } from '../../src/alerts/describe.ts';
import { createAlertDesk } from '../../src/alerts/desk.ts';
import { timelineOf } from '../../src/alerts/timeline.ts';
import { viewIncident } from '../../src/alerts/views.ts';
import { createSlackClient } from '../../src/bot/client.ts';
import { createDelivery, type Delivery } from '../../src/bot/delivery/delivery.ts';
import type { Diagnosis, IncidentCard, RunCard } from '../../src/bot/render/cards.ts';
import type { Actor, Command } from '../../src/core/command.ts';
import type { Means } from '../../src/core/config/config.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { createMetricsRegistry, type Registry } from '../../src/core/metrics.ts';
import { decideUntilAppended } from '../../src/journal/decide.ts';
import { digestOf } from '../../src/journal/digest.ts';
import type { Effect, Journal } from '../../src/journal/port.ts';
import { createEscalation, type Escalation } from '../../src/oncall/escalation.ts';
import { PAGE_KINDS, type PageRequest } from '../../src/oncall/page.ts';
import { type TestConfigSource, testConfig, testConfigSource } from './config.ts';
import { openTestJournal, silentLogger, type TestJournal } from './journal.ts';
import { type LocalSlack, SLACK_TOKENS, startLocalSlack } from './local-slack.ts';
import type { SlackCall } from './slack-proxy/call.ts';
import { type SlackProxy, startSlackProxy } from './slack-proxy/proxy.ts';

export const OPS = 'C01OPS';
export const SECURITY = 'C02SECURITY';

/** Alerts, escalation and delivery on a real journal and the Slack peer, under one fake clock. */
export interface SlackDesk {
  readonly journal: () => Journal;
  readonly test: () => TestJournal;
  readonly slack: LocalSlack;
  readonly proxy: SlackProxy;
  readonly config: TestConfigSource;
  readonly delivery: () => Delivery;
  readonly registry: () => Registry;
  readonly diagnoses: Map<string, Diagnosis>;
  readonly runs: Map<string, RunCard>;
  /** One alert through the desk; resolves after the commit. */
  alert(labels: Record<string, string>, options?: { status?: 'firing' | 'resolved'; startsAt?: number }): Promise<void>;
  /** Many firing alerts, decided together as a flood is; resolves after the commit. */
  flood(labels: ReadonlyArray<Record<string, string>>): Promise<void>;
  command(verb: string, incident: string, by?: Actor, args?: JsonObject): Promise<void>;
  /** Writes gathered context into an incident. */
  gathered(incident: string, context: IncidentContext): Promise<void>;
  /** Fires the timers of escalations and pages that are due. */
  escalate(): Promise<void>;
  /** Lets the time pass in which a resolved incident may reopen, and closes it. */
  close(incident: string): Promise<void>;
  advance(ms: number): void;
  /** Moves the clock in small steps until the condition holds; fails after half a minute of real time. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
  /** Moves the clock until everything shown is true. */
  untilShown(): Promise<void>;
  /** A new delivery on the same journal, as after a crash: nothing of the old one is saved. */
  crash(): Promise<void>;
  messages(channel: string): Promise<SlackMessage[]>;
  /** Calls that Slack took. */
  taken(method: string): SlackCall[];
  pages(): Promise<Effect[]>;
  /** Pages by other means, as `ana email`, in the order asked. */
  otherPages(): Promise<string[]>;
  stop(): Promise<void>;
}

export interface SlackMessage {
  ts: string;
  text: string;
  thread_ts?: string;
  blocks?: unknown[];
}

/** `approvers`: Slack ids of who may agree to runs. `means`: those that are set up; Slack's when absent. */
export async function startSlackDesk({
  means,
  approvers = [],
}: {
  means?: readonly Means[];
  approvers?: readonly string[];
} = {}): Promise<SlackDesk> {
  const slack = await startLocalSlack({
    users: ['U01ONCALL', 'U02MGR', 'U03DEV'].map((id) => ({
      id,
      name: id.toLowerCase(),
      real_name: id,
      email: `${id}@e.com`,
    })),
    channels: [
      { id: OPS, name: 'gianna-ops', members: ['U01ONCALL', 'U0BOT'] },
      { id: SECURITY, name: 'security-alerts', members: ['U01ONCALL', 'U0BOT'] },
    ],
  });
  const config = testConfigSource(testConfig());
  let test = await openTestJournal();
  const clock = test.clock;
  const proxy = await startSlackProxy({ upstream: slack.url, now: clock.monotonicMs });
  const client = createSlackClient({ token: SLACK_TOKENS.botToken, apiUrl: `${proxy.url}/api/`, logger: silentLogger });
  const diagnoses = new Map<string, Diagnosis>();
  const runs = new Map<string, RunCard>();
  let registry = createMetricsRegistry();
  let serial = 0;

  function build() {
    const { journal } = test;
    const common = { journal, config, clock, logger: silentLogger };
    const available = means === undefined ? {} : { means: new Set(means) };
    const escalation = createEscalation({ ...common, metrics: createMetricsRegistry(), ...available });
    const desk = createAlertDesk({ ...common, metrics: createMetricsRegistry(), follow: escalation.follow });
    registry = createMetricsRegistry();
    const incident = async (id: string): Promise<IncidentCard | null> => {
      const view = await viewIncident(journal, id);
      if (view === null) return null;
      return {
        view,
        escalation: await escalation.viewOf(id),
        timeline: await timelineOf(journal, id, [describeIncidentEvent, escalation.describe]),
        service: { mayDiagnose: true, mayRestart: true, reason: null },
        diagnosis: diagnoses.get(id) ?? null,
        context: await readContext(journal, id),
        running: null,
        resolvesItself: config.current().severities[view.severity].resolve === 'auto',
      };
    };
    const sources = {
      incident,
      views: async (ids: readonly string[]) => {
        const views = await Promise.all(ids.map((id) => viewIncident(journal, id)));
        return views.filter((view) => view !== null);
      },
      run: async (id: string) => runs.get(id) ?? null,
      approvers: () => approvers,
      pageClosed: escalation.pageClosed,
      nameOf: (actor: string) => actor.replace('slack:', ''),
    };
    const delivery = createDelivery({ ...common, client, metrics: registry, sources, reachesUs: () => true });
    return { escalation, desk, delivery };
  }
  let parts = build();
  await parts.delivery.start();

  function rowOf(payload: object) {
    serial += 1;
    const body = Buffer.from(JSON.stringify(payload));
    const row = { lane: 'machines', source: 'alertmanager', key: `k${serial}`, receivedAt: clock.now(), body } as const;
    return { ...row, id: serial, tries: 0, state: 'waiting', error: null } as const;
  }

  async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
    const giveUpAt = performance.now() + 30_000;
    while (!(await condition())) {
      if (performance.now() > giveUpAt) throw new Error(`never happened: ${condition.toString()}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
      clock.advance(50);
    }
  }

  return {
    journal: () => test.journal,
    test: () => test,
    slack,
    proxy,
    config,
    delivery: () => parts.delivery,
    registry: () => registry,
    diagnoses,
    runs,
    alert: async (labels, { status = 'firing', startsAt = clock.now() } = {}) => {
      const row = rowOf(payloadOf(labels, status, startsAt, clock.now()));
      await decideUntilAppended(test.journal, async () => (await parts.desk.receive([row])).batch);
    },
    flood: async (labels) => {
      const rows = labels.map((each) => rowOf(payloadOf(each, 'firing', clock.now(), clock.now())));
      await decideUntilAppended(test.journal, async () => (await parts.desk.receive(rows)).batch);
    },
    gathered: async (incident, context) => {
      await decideUntilAppended(test.journal, () => parts.desk.recordContext(incident, JSON.stringify(context)));
    },
    command: async (verb, incident, by = 'slack:U01ONCALL', args = {}) => {
      const command: Command = { v: 1, verb, by, at: clock.now(), via: 'button', incident, args };
      await decideUntilAppended(test.journal, async () => (await parts.desk.command(command)).batch);
    },
    escalate: async () => {
      for (const timer of await test.journal.dueTimers(clock.now(), 100)) {
        if (timer.kind !== 'escalation' && timer.kind !== 'page') continue;
        const name = `${timer.kind}.${timer.purpose}` as keyof Escalation['timers'];
        await decideUntilAppended(test.journal, () => parts.escalation.timers[name](timer, clock.now()));
      }
    },
    close: async (incident) => {
      clock.advance(config.current().routing.reopenWithinSeconds * 1000 + 1);
      for (const timer of await test.journal.dueTimers(clock.now(), 100)) {
        if (timer.id !== incident || timer.purpose !== 'close') continue;
        await decideUntilAppended(test.journal, () => parts.desk.timers['incident.close'](timer, clock.now()));
      }
    },
    advance: clock.advance,
    until,
    untilShown: async () => {
      let isShown = false;
      void parts.delivery.idle().then(() => {
        isShown = true;
      });
      await until(() => isShown);
    },
    crash: async () => {
      const dead = parts.delivery;
      await dead.stop();
      await parts.escalation.stop();
      test = await test.restart();
      parts = build();
      await parts.delivery.start();
    },
    messages: async (channel) => {
      const answer = await fetch(`${slack.url}/_control/messages/${channel}`);
      return ((await answer.json()) as { messages: SlackMessage[] }).messages;
    },
    taken: (method) => proxy.callsOf(method).filter(({ answer }) => answer === 'ok'),
    pages: () => test.journal.effects({ kinds: ['page'] }),
    otherPages: async () => {
      const others = await test.journal.effects({ kinds: PAGE_KINDS.filter((kind) => kind !== 'page') });
      return others.map(({ data }) => {
        const { people, targets, means: by } = data as PageRequest;
        return `${[...people, ...targets].join('+')} ${by}`;
      });
    },
    stop: async () => {
      await parts.delivery.stop();
      await parts.escalation.stop();
      await test.remove();
      await proxy.stop();
      await slack.stop();
    },
  };
}

function payloadOf(
  labels: Record<string, string>,
  status: 'firing' | 'resolved',
  startsAt: number,
  now: number,
): object {
  const alert = {
    status,
    labels,
    annotations: { summary: `${labels.alertname} is wrong`, description: 'It is <b>really</b> wrong' },
    startsAt: new Date(startsAt).toISOString(),
    endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : new Date(now).toISOString(),
    generatorURL: 'http://prometheus.example.com/graph',
    fingerprint: digestOf(JSON.stringify(labels)).slice(0, 16),
  };
  return {
    version: '4',
    groupKey: JSON.stringify(labels),
    truncatedAlerts: 0,
    status,
    receiver: 'gianna',
    groupLabels: { alertname: labels.alertname },
    commonLabels: labels,
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example.com',
    alerts: [alert],
  };
}

/** Messages that opened a thread: posts without thread that carry an incident's id, in channels. */
export function parentsOf(calls: readonly SlackCall[], incident: string): SlackCall[] {
  return calls.filter(({ body }) => {
    const metadata = body.metadata as { event_payload?: { id?: string; key?: string } } | undefined;
    return metadata?.event_payload?.key === `parent:${incident}`;
  });
}
