/**
 * The Slack edge as app.ts wires it. In: what the other rooms know, as functions. Out: what people say and press, as
 * commands; what the journal says, as messages. Slack may be away at any time, the start included.
 */
import type { RequestListener } from 'node:http';
import type { DescribeEvent } from '../alerts/change.ts';
import type { SilenceQuestions } from '../alerts/silences/silence-desk.ts';
import { listIncidents, viewIncident } from '../alerts/views.ts';
import type { Clock } from '../core/clock.ts';
import type { SubmitCommand } from '../core/command.ts';
import type { ConfigSource, Risk, Role } from '../core/config/config.ts';
import type { Logger } from '../core/logger.ts';
import type { Registry } from '../core/metrics.ts';
import type { Journal } from '../journal/port.ts';
import type { ShowDuty } from '../oncall/handoff/shown.ts';
import { waitingHandoffs } from '../oncall/handoff/waiting.ts';
import { listOverrides } from '../oncall/overrides/override-json.ts';
import type { EscalationView } from '../oncall/page.ts';
import { readPageTest } from '../oncall/pagers/page-test-json.ts';
import { readPaged } from '../oncall/proof/paged.ts';
import { oncallReport } from '../oncall/report.ts';
import { listTokens } from '../oncall/tokens/read-tokens.ts';
import type { RunProbes } from '../probes/check.ts';
import { environmentOf } from '../runbooks/environment-of.ts';
import { readFullLog } from '../runbooks/full-log.ts';
import type { MayRun } from '../runbooks/request.ts';
import type { MayApprove } from '../runbooks/start-check.ts';
import type { RunView } from '../runbooks/views.ts';
import { alertsOf } from './alerts-of.ts';
import { createApprovers } from './approvers.ts';
import { createCardSources } from './card-sources.ts';
import { createSlackClient } from './client.ts';
import { createDelivery } from './delivery/delivery.ts';
import type { DeliverySources } from './delivery/sources.ts';
import { createDirectory } from './directory.ts';
import type { BotHealth, DeskDeps } from './listen/deps.ts';
import { createIdentity } from './listen/identity.ts';
import { createSlackListener } from './listen/listener.ts';
import { rightOf } from './modals/run/run-meta.ts';
import { createRoles, type Environment, type Right } from './roles.ts';
import { createShowDuty } from './show-duty.ts';

export interface SlackDeskDeps {
  readonly settings: {
    readonly botToken: string | null;
    readonly appToken: string | null;
    readonly signingSecret: string | null;
    readonly apiUrl: string | null;
  };
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly submit: SubmitCommand;
  readonly describers: readonly DescribeEvent[];
  readonly escalationOf: (incident: string) => Promise<EscalationView | null>;
  readonly pageClosed: DeliverySources['pageClosed'];
  readonly runProbes: RunProbes;
  readonly plan: DeskDeps['plan'];
  readonly run: (id: string) => Promise<RunView | null>;
  /** What is silenced, what a silence would mute, and whether it would be refused. */
  readonly silences: SilenceQuestions;
  readonly leases: DeskDeps['leases'];
  readonly rules: DeskDeps['rules'];
  readonly numbers: DeskDeps['numbers'];
  readonly simulate: DeskDeps['simulate'];
  readonly blocks: DeskDeps['blocks'];
  readonly health: () => Promise<BotHealth>;
}

export interface SlackDesk {
  /** Begins to send and to listen; never waits for Slack and never fails because of it. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Slack answers our calls and can reach us. */
  up(): boolean;
  /** In HTTP mode, for `POST /slack/events`; null in Socket Mode. */
  readonly httpHandler: RequestListener | null;
  /** Display name of an actor, never a mention. */
  nameOf(actor: string): string;
  /** Whether an actor may run something of this risk now; `about`: the incident's channel and whom the runbook is for. Rights are resolved again at the run (CONFIG.md, Rights). */
  mayRun(
    actor: string,
    risk: Risk,
    service?: string | null,
    about?: Parameters<MayRun>[3],
  ): Promise<{ allowed: boolean; reason: string }>;
  /** Whether an actor may be the second person of a run. */
  mayApprove(actor: string, run: Parameters<MayApprove>[1]): Promise<{ allowed: boolean; reason: string }>;
  /** Whether an actor may do what admins do. */
  mayAdmin(actor: string): Promise<{ allowed: boolean; reason: string }>;
  /** The same for a silence, in incidents of a channel (our own word for it). */
  maySilence(actor: string, risk: Risk, channel: string | null): Promise<{ allowed: boolean; reason: string }>;
  /** Whether an actor may, now, in incidents of a channel (our own word for it). */
  may(actor: string, right: Right, channel: string | null): Promise<{ allowed: boolean; reason: string }>;
  /** Roles of an actor now; everybody who is no guest is a viewer at least. */
  rolesOf(actor: string): Promise<readonly string[]>;
  /** Keeps the user group and the topic that say who is on call. */
  readonly showDuty: ShowDuty;
  /** Whether an incident waits for its thread because its channel is in a storm. */
  waitsInStorm(incident: string): boolean;
}

/** Joins the two halves of the bot. */
export function createSlackDesk(deps: SlackDeskDeps): SlackDesk {
  const { journal, config, clock, logger, metrics, settings } = deps;
  const api = settings.apiUrl === null ? {} : { apiUrl: settings.apiUrl };
  const client = createSlackClient({ token: settings.botToken ?? '', logger, ...api });
  const identity = createIdentity(client, logger);
  const directory = createDirectory({ client, config, clock, logger });
  const report = (at: number) => oncallReport(config.current().oncall, at);
  const roles = createRoles({
    config,
    directory,
    onCallNow: () => report(clock.now()).flatMap((row) => row.now),
    teamId: () => identity.current()?.teamId ?? null,
    logger,
  });
  const maySilence = () => config.current().routing.alertmanager !== null;
  const cards = createCardSources({ ...deps, nameOf: directory.nameOf, maySilence });
  const approvers = createApprovers({ config, directory });
  const delivery = createDelivery({
    journal,
    config,
    clock,
    client,
    logger,
    metrics,
    reachesUs: () => listener.connected(),
    sources: { ...cards, approvers: approvers.ids, pageClosed: deps.pageClosed, nameOf: directory.nameOf },
  });
  const listener = createSlackListener({
    settings: {
      ...(settings.appToken === null ? {} : { appToken: settings.appToken }),
      ...(settings.signingSecret === null ? {} : { signingSecret: settings.signingSecret }),
      ...api,
    },
    identity,
    metrics,
    submit: deps.submit,
    listIncidents: async () => {
      const views = await listIncidents(journal, { now: clock.now() });
      return views.map((view) =>
        delivery.waitsInStorm(view.id) ? { ...view, flags: [...view.flags, 'storm' as const] } : view,
      );
    },
    incident: (id) => viewIncident(journal, id),
    alertsOf: (id) => alertsOf(journal, id),
    incidentOfThread: async (channel, ts) => delivery.incidentAt(channel, ts),
    silences: deps.silences,
    runProbes: deps.runProbes,
    oncallReport: report,
    handoffs: () => waitingHandoffs(journal),
    overrides: () => listOverrides(journal, { now: clock.now(), all: false }),
    plan: deps.plan,
    run: deps.run,
    runLog: (id) => readFullLog(journal, id),
    leases: deps.leases,
    rules: deps.rules,
    numbers: deps.numbers,
    simulate: deps.simulate,
    blocks: deps.blocks,
    paged: (incident) => readPaged(journal, incident),
    pageTest: (test) => readPageTest(journal, test),
    cliTokens: (owner) => listTokens(journal, owner, clock.now()),
    health: deps.health,
    roles,
    directory,
    config,
    clock,
    logger,
    client,
  });
  async function may(
    actor: string,
    right: Right,
    channel: string | null,
    who: readonly Role[] = [],
    environment: Environment = null,
  ) {
    if (!actor.startsWith('slack:')) return { allowed: true, reason: '' };
    const permission = await roles.may(actor.slice('slack:'.length), right, channel, who, environment);
    return permission.allowed ? { allowed: true, reason: '' } : { allowed: false, reason: permission.reason };
  }
  return {
    start: async () => {
      // before the first message is rendered, so that it says names
      void directory.warm().catch(() => undefined);
      void approvers.warm().catch(() => undefined);
      await delivery.start();
      listener.start();
    },
    stop: async () => {
      await listener.stop();
      await delivery.stop();
    },
    up: () => delivery.up() && listener.connected(),
    httpHandler: listener.httpHandler,
    nameOf: directory.nameOf,
    mayRun: (actor, risk, _service, about) =>
      may(actor, rightOf(risk), about?.channel ?? null, about?.who ?? [], about?.environment ?? null),
    mayAdmin: async (actor) => {
      if (!actor.startsWith('slack:')) return { allowed: actor === 'local', reason: 'Only an admin may.' };
      const has = (await roles.rolesOf(actor.slice('slack:'.length))).has('admin');
      return { allowed: has, reason: has ? '' : 'needs the role admin' };
    },
    mayApprove: async (actor, run) => {
      if (!actor.startsWith('slack:')) return { allowed: false, reason: 'Only a person of Slack can agree to a run.' };
      const incident = run.incident === null ? null : await viewIncident(journal, run.incident);
      return may(actor, 'approve', incident?.channel ?? null, [], environmentOf(run, config.current()));
    },
    // a longer silence is confirmed in a form, by the same people
    maySilence: (actor, _risk, channel) => may(actor, 'R1', channel),
    may: (actor, right, channel) => may(actor, right, channel),
    rolesOf: async (actor) =>
      actor.startsWith('slack:') ? [...(await roles.rolesOf(actor.slice('slack:'.length)))] : [],
    showDuty: createShowDuty({ client, channelId: delivery.channelId }),
    waitsInStorm: delivery.waitsInStorm,
  };
}
