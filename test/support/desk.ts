import { vi } from 'vitest';
import type { IncidentView } from '../../src/alerts/incident-view.ts';
import { countBlast } from '../../src/alerts/silences/blast.ts';
import type { SilencePreview, SilenceRequest } from '../../src/alerts/silences/request.ts';
import type { SilenceView } from '../../src/alerts/silences/views.ts';
import type { ShownAlert } from '../../src/bot/alert-labels.ts';
import { createSlackClient } from '../../src/bot/client.ts';
import { createDirectory } from '../../src/bot/directory.ts';
import { createIdentity } from '../../src/bot/listen/identity.ts';
import { createSlackListener, type SlackListener, type SlackSettings } from '../../src/bot/listen/listener.ts';
import { createRoles } from '../../src/bot/roles.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Command, Outcome } from '../../src/core/command.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { createDrain } from '../../src/journal/drain.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import { commandIn, createSubmit } from '../../src/journal/submit.ts';
import { SLACK_MEANS } from '../../src/oncall/escalation-context.ts';
import type { HandoffState } from '../../src/oncall/handoff/handoff-state.ts';
import type { OverrideJson } from '../../src/oncall/overrides/override-json.ts';
import { readPageTest } from '../../src/oncall/pagers/page-test-json.ts';
import { readPaged } from '../../src/oncall/proof/paged.ts';
import { countNumbers } from '../../src/oncall/reports/numbers.ts';
import { simulate } from '../../src/oncall/simulate/simulate.ts';
import { listTokens } from '../../src/oncall/tokens/read-tokens.ts';
import { createTokens } from '../../src/oncall/tokens/token-commands.ts';
import type { ListedLease } from '../../src/runbooks/lease/list.ts';
import type { ListedRule } from '../../src/runbooks/remediation/list.ts';
import type { Plan } from '../../src/runbooks/run-state.ts';
import type { RunView } from '../../src/runbooks/views.ts';
import { type TestConfigSource, testConfigSource } from './config.ts';
import { openTestJournal, silentLogger, type TestJournal } from './journal.ts';
import { SLACK_TOKENS } from './local-slack.ts';

/** The incoming half of the bot on a real store, with the other rooms' facts as plain data. */
export interface TestDesk {
  readonly listener: SlackListener;
  readonly config: TestConfigSource;
  readonly journal: TestJournal;
  /** Commands that were stored and decided, in order. */
  readonly commands: Command[];
  /** What the next decisions come to; default done. */
  decide: (command: Command) => Outcome;
  readonly incidents: Map<string, IncidentView>;
  /** `<channel>/<ts>` → incident. */
  readonly threads: Map<string, string>;
  readonly runs: Map<string, RunView>;
  /** By id. */
  readonly silences: Map<string, SilenceView>;
  /** What a silence would mute. */
  preview: (request: SilenceRequest) => Promise<SilencePreview>;
  /** Alerts by incident. */
  readonly alerts: Map<string, ShownAlert[]>;
  /** Probes asked for. */
  readonly probed: string[];
  plan: (parameters: Readonly<Record<string, string>>) => Promise<Plan>;
  onCall: string[];
  /** Overrides and swaps that stand or are planned. */
  leases: ListedLease[];
  rules: ListedRule[];
  overrides: OverrideJson[];
  /** Handoffs that nobody has accepted. */
  handoffs: HandoffState[];
  stop(): Promise<void>;
}

export interface DeskOptions {
  /** Where the Web API is: the proxy's or the peer's URL. */
  readonly url: string;
  readonly settings?: SlackSettings;
  readonly journal?: TestJournal;
}

const noHour = () => ({ hour: 0, isBusiness: true, isNight: false });

/** Wires the desk as the application does, and does not start it. */
export async function createTestDesk(options: DeskOptions): Promise<TestDesk> {
  const journal = options.journal ?? (await openTestJournal());
  const registry = createMetricsRegistry();
  const config = testConfigSource();
  const client = createSlackClient({
    token: SLACK_TOKENS.botToken,
    apiUrl: `${options.url}/api/`,
    logger: silentLogger,
  });
  const identity = createIdentity(client, silentLogger);
  const directory = createDirectory({ client, config, clock: systemClock, logger: silentLogger });
  const roles = createRoles({
    config,
    directory,
    onCallNow: () => desk.onCall,
    teamId: () => identity.current()?.teamId ?? null,
    logger: silentLogger,
  });
  const { commands: tokens = {} } = createTokens({ journal: journal.journal });
  const drain = createDrain({
    journal: journal.journal,
    clock: systemClock,
    logger: silentLogger,
    metrics: createJournalMetrics(registry),
    handlers: {
      command: async (row) => {
        const command = commandIn(row);
        desk.commands.push(command);
        return tokens[command.verb]?.(command) ?? { batch: null, outcome: desk.decide(command) };
      },
    },
  });
  drain.start();
  const listener = createSlackListener({
    settings: options.settings ?? { appToken: SLACK_TOKENS.appToken, apiUrl: `${options.url}/api/` },
    identity,
    directory,
    roles,
    client,
    config,
    clock: systemClock,
    logger: silentLogger,
    metrics: registry,
    submit: createSubmit({ journal: journal.journal, drain, clock: systemClock }),
    listIncidents: async () => [...desk.incidents.values()],
    incident: async (id) => desk.incidents.get(id) ?? null,
    alertsOf: async (id) => desk.alerts.get(id) ?? [],
    runLog: async (id) => (desk.runs.has(id) ? `log of ${id}` : null),
    run: async (id) => desk.runs.get(id) ?? null,
    incidentOfThread: async (channel, ts) => desk.threads.get(`${channel}/${ts}`) ?? null,
    silences: {
      list: async () => [...desk.silences.values()],
      view: async (id) => desk.silences.get(id) ?? null,
      preview: (request) => desk.preview(request),
      prefill: async () => [{ name: 'alertname', value: 'GiannaServiceDown', isRegex: false, isEqual: true }],
      settled: async (id) => desk.silences.get(id) ?? null,
    },
    runProbes: async (names) => {
      desk.probed.push(...names);
      return names.map((probe) => ({
        probe,
        target: probe,
        result: 'ok' as const,
        summary: 'answers in 12 ms',
        seconds: 0.012,
        at: Date.now(),
        evidence: {},
      }));
    },
    oncallReport: () => [{ schedule: 'primary', now: desk.onCall, until: null, next: ['ben'] }],
    leases: async () => desk.leases,
    rules: async () => desk.rules,
    overrides: async () => desk.overrides,
    handoffs: async () => desk.handoffs,
    numbers: async () =>
      countNumbers({ incidents: [], measures: [], pages: [] }, { since: 0, until: 1 }, 'UTC', noHour),
    paged: (incident) => readPaged(journal.journal, incident),
    pageTest: (test) => readPageTest(journal.journal, test),
    blocks: async () => ({ blocks: [], unread: [] }),
    simulate: (asked) => simulate({ config: config.current(), means: SLACK_MEANS }, asked, Date.now()),
    plan: (request) => desk.plan(request.parameters),
    cliTokens: (owner) => listTokens(journal.journal, owner, Date.now()),
    health: () => ({ waiting: 0, parked: 0, storeWritable: true, lastWebhookAt: null }),
  });
  const desk: TestDesk = {
    listener,
    config,
    journal,
    commands: [],
    decide: (command) => ({ kind: 'done', text: `${command.verb} done` }),
    incidents: new Map([['GI-1', testIncident('GI-1')]]),
    threads: new Map(),
    runs: new Map(),
    silences: new Map(),
    preview: async () => testPreview(),
    alerts: new Map(),
    probed: [],
    plan: async (parameters) => testPlan(parameters),
    onCall: ['ana'],
    leases: [],
    rules: [],
    overrides: [],
    handoffs: [],
    stop: async () => {
      await listener.stop();
      await drain.stop();
      await journal.remove();
    },
  };
  return desk;
}

/** Waits until every part of the desk is connected. */
export async function connected(desk: TestDesk): Promise<void> {
  await vi.waitFor(() => {
    if (!desk.listener.connected()) throw new Error('not connected');
  }, 15_000);
}

/** What a run holds until a time. */
export function testLease(id: string, rest: Partial<ListedLease> = {}): ListedLease {
  return {
    id,
    run: 'RUN-7',
    step: 'more',
    service: 'gianna',
    hosts: ['docker-1'],
    what: 'gianna has 6 replicas',
    by: 'slack:U01ONCALL',
    until: '2026-11-22T18:00:00.000Z',
    secondsLeft: 600,
    state: 'active',
    summary: null,
    incident: null,
    runbook: 'scale',
    ...rest,
  };
}

/** A rule that switched itself off. */
export function testRule(rule: string, rest: Partial<ListedRule> = {}): ListedRule {
  const counts = { misses: 3, mostMisses: 3, lastHour: 2, mostPerHour: 4, runs: 9 };
  return { rule, state: 'off', runbook: 'restart', ...counts, open: [], ...rest };
}

/** A firing P0 of service `gianna`. */
export function testIncident(id: string, rest: Partial<IncidentView> = {}): IncidentView {
  return {
    id,
    version: 3,
    status: 'firing',
    severity: 'P0',
    flags: [],
    service: 'gianna',
    channel: 'ops',
    digest: false,
    runbooks: ['restart'],
    about: {
      alertname: 'GiannaServiceDown',
      title: 'Gianna is down',
      description: null,
      runbookUrl: null,
      generatorUrl: null,
      groupLabels: {},
      labels: {},
    },
    owner: null,
    responders: [],
    offered: false,
    openedAt: Date.UTC(2026, 10, 22, 14, 0, 0),
    acknowledgedAt: null,
    recoveredAt: null,
    resolvedAt: null,
    resolvedBy: null,
    closedAt: null,
    reopened: 0,
    previous: null,
    alerts: { firing: 1, resolved: 0 },
    byHand: false,
    quiet: null,
    foldedUnder: null,
    foldedBy: null,
    folded: [],
    splitFrom: null,
    flapping: null,
    ...rest,
  };
}

/** A silence in force for two hours that mutes nothing. */
export function testSilence(id: string, rest: Partial<SilenceView> = {}): SilenceView {
  return {
    id,
    madeHere: true,
    status: 'active',
    pending: null,
    matchers: [{ name: 'alertname', value: 'ApiSlow', isRegex: false, isEqual: true }],
    reason: 'new disk',
    author: 'ana',
    by: 'slack:U01ONCALL',
    incident: null,
    service: 'gianna',
    requestedAt: Date.UTC(2026, 10, 22, 14, 0, 0),
    endsAt: Date.UTC(2026, 10, 22, 16, 0, 0),
    endedAt: null,
    failure: null,
    held: 'c0ffee00-0000-4000-8000-000000000000',
    mutes: countBlast([]),
    ...rest,
  };
}

/** Ben takes over from Ana and has not accepted. */
export function testHandoff(id: string, rest: Partial<HandoffState> = {}): HandoffState {
  return {
    id,
    schedule: 'primary',
    at: Date.UTC(2026, 10, 23, 12, 0, 0),
    until: Date.UTC(2026, 10, 30, 12, 0, 0),
    from: ['ana'],
    staying: [],
    to: ['ben'],
    status: 'waiting',
    acceptedBy: null,
    ...rest,
  };
}

/** Ben in place of Ana for two hours, standing. */
export function testOverride(id: string, rest: Partial<OverrideJson> = {}): OverrideJson {
  return {
    id,
    schedule: 'primary',
    status: 'standing',
    turns: [{ people: ['ben'], from: '2026-11-23T13:00:00.000Z', to: '2026-11-23T15:00:00.000Z' }],
    swap: null,
    by: 'slack:U01ONCALL',
    reason: 'at the dentist',
    madeAt: '2026-11-23T12:55:00.000Z',
    removedAt: null,
    removedBy: null,
    ...rest,
  };
}

/** What a silence of one P1 would mute. */
export function testPreview(rest: Partial<SilencePreview> = {}): SilencePreview {
  const nothing = countBlast([]);
  return {
    now: nothing,
    lastSevenDays: nothing,
    severity: 'P1',
    longestSeconds: 4 * 3600,
    warnings: [],
    lines: ['Mutes 3 alerts now (3 P1) in GI-1.', 'In the last 7 days it would have muted 35 alerts in 12 incidents.'],
    ...rest,
  };
}

/** The plan of a restart of one container. */
export function testPlan(parameters: Readonly<Record<string, string>>, rest: Partial<Plan> = {}): Plan {
  const service = parameters.service ?? 'gianna';
  return {
    hash: `hash-${service}-${parameters.mode}`,
    runbook: 'restart',
    risk: 'R2',
    parameters,
    targets: [{ host: 'docker-1', service, id: `${service}-3f2a91c04d1e` }],
    steps: [
      {
        id: 'restart',
        kind: 'service.restart',
        target: service,
        call: `POST /containers/${service}-3f2a91c04d1e/restart?t=30`,
        effect: 'The container stops and starts.',
        undo: null,
        mutates: true,
      },
    ],
    verify: [],
    needs: { approvals: 0, roles: ['responder'], because: [] },
    blockedBy: [],
    bindings: {},
    ...rest,
  };
}
