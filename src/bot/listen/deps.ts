import type { WebClient } from '@slack/web-api';
import type { IncidentView } from '../../alerts/incident-view.ts';
import type { SilenceQuestions } from '../../alerts/silences/silence-desk.ts';
import type { Clock } from '../../core/clock.ts';
import type { Actor, SubmitCommand } from '../../core/command.ts';
import type { ConfigSource } from '../../core/config/config.ts';
import type { Logger } from '../../core/logger.ts';
import type { HandoffState } from '../../oncall/handoff/handoff-state.ts';
import type { OverrideJson } from '../../oncall/overrides/override-json.ts';
import type { PageTestJson } from '../../oncall/pagers/page-test-json.ts';
import type { PagedRow } from '../../oncall/proof/paged.ts';
import type { Window } from '../../oncall/reports/history.ts';
import type { Numbers } from '../../oncall/reports/numbers.ts';
import type { Simulation, SimulationAsked } from '../../oncall/simulate/simulate.ts';
import type { TokenView } from '../../oncall/tokens/read-tokens.ts';
import type { RunProbes } from '../../probes/check.ts';
import type { BlocksSeen } from '../../runbooks/blocks.ts';
import type { ListedLease } from '../../runbooks/lease/list.ts';
import type { ListedRule } from '../../runbooks/remediation/list.ts';
import type { Plan } from '../../runbooks/run-state.ts';
import type { RunView } from '../../runbooks/views.ts';
import type { ShownAlert } from '../alert-labels.ts';
import type { Directory } from '../directory.ts';
import type { Roles } from '../roles.ts';
import type { ListenMetrics } from './metrics.ts';

/** What the incoming half of the bot is told by the other rooms, as functions. */
export interface DeskDeps {
  readonly submit: SubmitCommand;
  /** Open incidents and recently ended ones, newest first. */
  readonly listIncidents: () => Promise<readonly IncidentView[]>;
  readonly incident: (id: string) => Promise<IncidentView | null>;
  /** Alerts of an incident, those that fire first. */
  readonly alertsOf: (incident: string) => Promise<readonly ShownAlert[]>;
  /** The incident whose thread begins at this message. */
  readonly incidentOfThread: (channel: string, ts: string) => Promise<string | null>;
  /** What is silenced, what a silence would mute, and whether it would be refused. */
  readonly silences: SilenceQuestions;
  readonly runProbes: RunProbes;
  readonly oncallReport: (at: number) => readonly OncallNow[] | Promise<readonly OncallNow[]>;
  /** Overrides and swaps that stand or are planned, newest first. */
  readonly overrides: () => Promise<readonly OverrideJson[]>;
  /** Handoffs that nobody has accepted. */
  readonly handoffs: () => Promise<readonly HandoffState[]>;
  /** What a run would do, exactly. Refusals are thrown as OpsError. */
  readonly plan: (request: PlanRequest) => Promise<Plan>;
  /** A run with its texts; null: there is none of that id. */
  readonly run: (id: string) => Promise<RunView | null>;
  /** What a run printed; null: there is none of that id. */
  readonly runLog: (id: string) => Promise<string | null>;
  /** Changes that hold until a time, the first to end first. */
  readonly leases: () => Promise<readonly ListedLease[]>;
  /** Rules that run of themselves. */
  readonly rules: () => Promise<readonly ListedRule[]>;
  /** What hosts block now of ours. */
  readonly blocks: () => Promise<BlocksSeen>;
  /** Numbers of a window, epoch ms. */
  readonly numbers: (window: Window) => Promise<Numbers>;
  /** How far the pages of a test are; null: there is no such test. */
  readonly pageTest: (test: string) => Promise<readonly PageTestJson[] | null>;
  /** Who was paged for an incident; null when there is none of that id. */
  readonly paged: (incident: string) => Promise<readonly PagedRow[] | null>;
  /** Who would be reached, minute by minute; refusals are thrown as OpsError. */
  readonly simulate: (asked: SimulationAsked) => Promise<Simulation>;
  /** Personal tokens of the command line that an actor has, newest first. */
  readonly cliTokens: (owner: Actor) => Promise<readonly TokenView[]>;
  readonly health: () => BotHealth | Promise<BotHealth>;
  readonly roles: Roles;
  readonly directory: Directory;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly client: WebClient;
}

/** The same inside the room: what is counted comes with it. */
export type Desk = DeskDeps & { readonly counts: ListenMetrics };

export interface PlanRequest {
  readonly runbook: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly incident: string | null;
}

/** A schedule as it is now; people by key. */
export interface OncallNow {
  readonly schedule: string;
  readonly now: readonly string[];
  /** The next handoff, ISO 8601. */
  readonly until: string | null;
  readonly next: readonly string[];
}

/** Facts about the bot itself, for the status answer. */
export interface BotHealth {
  /** Rows waiting in the inbox. */
  readonly waiting: number;
  /** Rows parked after three failed handlings. */
  readonly parked: number;
  readonly storeWritable: boolean;
  /** Epoch milliseconds of the last webhook taken, null when there was none since the start. */
  readonly lastWebhookAt: number | null;
}
