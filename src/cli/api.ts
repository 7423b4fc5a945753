import type { SilenceRequest } from '../alerts/silences/request.ts';
import type { Actor, SubmitCommand } from '../core/command.ts';
import type { ConfigSource } from '../core/config/config.ts';
import type { DrillJson } from '../oncall/drills/drill-json.ts';
import type { OncallAtRow } from '../oncall/duty-record/read-duty.ts';
import type { OverrideJson } from '../oncall/overrides/override-json.ts';
import type { PageTestJson } from '../oncall/pagers/page-test-json.ts';
import type { PagedJson } from '../oncall/proof/paged-json.ts';
import type { Window } from '../oncall/reports/history.ts';
import type { Numbers } from '../oncall/reports/numbers.ts';
import type { SimulationAsked } from '../oncall/simulate/simulate.ts';
import type { SimulationJson } from '../oncall/simulate/simulation-json.ts';
import type { BlocksSeen } from '../runbooks/blocks.ts';
import type { ListedLease } from '../runbooks/lease/list.ts';
import type { RunbookRecord } from '../runbooks/record.ts';
import type { ListedRule } from '../runbooks/remediation/list.ts';
import type {
  InboxJson,
  IncidentJson,
  PlanJson,
  ProbeJson,
  RunbookJson,
  RunJson,
  SilenceJson,
  SilencePreviewJson,
} from './shapes.ts';

/** What can be read without a running bot, from the store and the configuration alone. */
export interface ReadingApi {
  /** Open and recently ended ones; with `alerts` every alert in place of the counts. */
  incidents(options: { readonly alerts: boolean }): Promise<readonly IncidentJson[]>;
  /** With its alerts and timeline; null when there is none of that id. */
  incident(id: string): Promise<IncidentJson | null>;
  /** Parked rows first, then waiting ones. */
  inbox(): Promise<readonly InboxJson[]>;
  /** Newest first. */
  runs(): Promise<readonly RunJson[]>;
  run(id: string): Promise<RunJson | null>;
  /** The plan of a run, as it was asked for; null: there is no such run, or its text was erased. */
  runPlan(id: string): Promise<PlanJson | null>;
  /** Everything that a run printed, as text; null: there is no such run. */
  runLog(id: string): Promise<string | null>;
  /** Changes that hold until a time, the first to end first. */
  leases(): Promise<readonly ListedLease[]>;
  /** How often each runbook helped, by the alert it was run for. */
  runbookRecord(): Promise<readonly RunbookRecord[]>;
  /** How the drills went, newest first. */
  drills(): Promise<readonly DrillJson[]>;
  /** Who was paged for an incident, and what it came to; null when there is none of that id. */
  paged(incident: string): Promise<readonly PagedJson[] | null>;
  /** In force or being made; without a bot only those made here. */
  silences(): Promise<readonly SilenceJson[]>;
  /** By `SIL-<n>` or Alertmanager's id; null: there is none. */
  silence(id: string): Promise<SilenceJson | null>;
  /** How far the pages of a test are; null: there is no such test. */
  pageTest(id: string): Promise<readonly PageTestJson[] | null>;
  /** Overrides and swaps, newest first; with `all` also what is over or was removed. */
  overrides(options: { readonly all: boolean }): Promise<readonly OverrideJson[]>;
}

/** A plan that is asked for: what would be done, without doing it. */
export interface PlanRequest {
  readonly runbook: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly incident: string | null;
}

/** `reason` begins with a verb: `needs the role responder`. */
interface Permission {
  readonly allowed: boolean;
  readonly reason: string;
}

/** What the running bot offers to the CLI; `app.ts` passes it. A caller is who its token says, else `local`. */
export interface OpsApi extends ReadingApi {
  readonly config: ConfigSource;
  readonly submit: SubmitCommand;
  /** Whose a personal token is; refuses one that is not good (`TOKEN_…`). `expiresAt` in epoch ms. */
  verifyToken(text: string): Promise<{ readonly id: string; readonly owner: Actor; readonly expiresAt: number }>;
  /** Roles of an account, as the configuration and Slack say now. */
  rolesOf(actor: Actor): Promise<readonly string[]>;
  /** Whether an account may, now; `channel` is our own word for that of the incident it is about. */
  may(actor: Actor, right: 'R1' | 'drill', channel: string | null): Promise<Permission>;
  /** Puts parked rows back to waiting; all of them without an id. Resolves with how many. */
  unpark(id?: number): Promise<number>;
  /** Probes by name, each known to the configuration. */
  probe(names: readonly string[]): Promise<readonly ProbeJson[]>;
  plan(request: PlanRequest): Promise<PlanJson>;
  /** Rules of policy.yml that run of themselves, in the order of the file. */
  rules(): Promise<readonly ListedRule[]>;
  /** What hosts block now of ours. */
  blocks(): Promise<BlocksSeen>;
  /** Numbers of a window, epoch ms, by the configuration in force. */
  numbers(window: Window): Promise<Numbers>;
  /** Who is on call at a moment (epoch ms; null: now), and how that is known. */
  oncall(at: number | null): Promise<readonly OncallAtRow[]>;
  /** Who would be reached, minute by minute, by the configuration in force. */
  simulate(asked: SimulationAsked): Promise<SimulationJson>;
  /** Resolves when the run has ended. */
  waitForRun(id: string): Promise<RunJson>;
  /** What a silence would mute, and whether it would be refused. */
  previewSilence(request: SilenceRequest): Promise<SilencePreviewJson>;
  /** Waits until Alertmanager has answered what was asked about it, a while at most. */
  settledSilence(id: string): Promise<SilenceJson | null>;
}

/** Reads answered from the configuration alone. */
export interface ConfigApi {
  runbooks(): readonly RunbookJson[];
  /** Names of probes for a probe's name, a service or `all`; a refusal with what is near when it is none. */
  probesOf(what: string): readonly string[];
}
