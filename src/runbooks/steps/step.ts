import type * as z from 'zod';
import type { Clock } from '../../core/clock.ts';
import type { Config, Risk, RollingConfig, StepData } from '../../core/config/config.ts';
import { refuse } from '../../core/errors.ts';
import type { Redact } from '../../core/redact.ts';
import type { DriverOf } from '../../hosts/driver.ts';
import type { ShellOf } from '../../hosts/shell.ts';
import type { CheckResult, RunProbes } from '../../probes/check.ts';
import type { PlannedStep, PlanTarget } from '../run-state.ts';
import type { SecretRef } from '../secret-ref.ts';

/**
 * One kind of step: one file in this folder, one line in the registry. Comes in: the step's own keys. Goes out: what
 * it would do, and the way to do it, target by target; order, time limits, retries, rolling, records and undo are the
 * engine's.
 */
export interface StepKind<Body = unknown> {
  readonly kind: string;
  /** What it does, in a few words, for the JSON Schema and the docs. */
  readonly says: string;
  /**
   * The step's own keys. `value` wraps each field that may hold a `${…}` reference: when a file is loaded it lets one
   * pass, when a run is planned everything is put in and it is the field's own type.
   */
  body(value: FieldOf): z.ZodType<Body>;
  /** Whether it acts on hosts named by the step's `on`. */
  readonly needsHosts: boolean;
  /** Whether it changes anything; a dry run carries out only steps that do not. */
  mutates(body: Body): boolean;
  /** Whether it may be repeated when it failed or nobody knows whether it ran. */
  isIdempotent(body: Body): boolean;
  /** Results that later steps may refer to as `${id.name}`; `json.*` stands for any name behind `json.`. */
  readonly results: readonly string[];
  /**
   * Whether what it would do is so on a host already, for what a lease keeps; a transient error when that cannot be
   * told. Absent: its kind keeps nothing.
   */
  isSo?(
    body: Body,
    host: string,
    deps: Pick<StepPlanDeps, 'config' | 'shellOf'> & { readonly now: number },
  ): Promise<boolean>;
  /** What is left to keep of it after a later step that did this; null: nothing. Absent: all of it. */
  lessen?(body: Body, later: Body): Body | null;
  /** Looks, changes nothing. Refuses what cannot be; what stands in its way at present goes into `blockedBy`. */
  plan(body: Body, input: StepInput, deps: StepPlanDeps): Promise<PreparedStep>;
}

export type FieldOf = <T>(type: z.ZodType<T>) => z.ZodType<T>;

export interface StepInput {
  readonly id: string;
  /** Hosts of the step's `on`, sorted; empty for kinds that need none. */
  readonly hosts: readonly string[];
  /** Services that earlier steps of this run change, in order. */
  readonly changed: readonly string[];
  /** The service the run is about, when a parameter names one. */
  readonly service: string | null;
  /** `GI-<n>`, when the run is for one. */
  readonly incident: string | null;
  /** It is planned when it is its turn: nobody saw before what it would do. */
  readonly isLate?: boolean;
  /** Time limit of each target as the step says, milliseconds; null: as the kind says. */
  readonly timeoutMs: number | null;
}

export interface StepPlanDeps {
  readonly config: Config;
  readonly driverOf: DriverOf;
  readonly shellOf: ShellOf;
  readonly doors: StepDoors;
  /** Finds a kind by its name; absent: in the registry. */
  readonly kindOf?: KindOf | undefined;
}

/** The kind of step of a name; undefined: there is none. */
export type KindOf = (kind: string) => StepKind | undefined;

/** Somebody whom no host may stop hearing: a name or an address, and who that is. */
export interface Peer {
  readonly host: string;
  readonly what: string;
}

/** What steps reach beyond hosts: functions of other rooms, passed by app.ts. Refusals are thrown as OpsError. */
export interface StepDoors {
  /** Makes a silence in Alertmanager and resolves once Alertmanager has it; its id undoes it. */
  silence(asked: SilenceAsked): Promise<{ readonly id: string; readonly until: number }>;
  liftSilence(id: string, by: string): Promise<void>;
  /** What a silence would mute, and what stands in its way. Changes nothing. */
  foreseeSilence(asked: Omit<SilenceAsked, 'by' | 'key' | 'run' | 'agreed'>): Promise<SilenceForeseen>;
  /** Whom the bot itself speaks to beyond the configuration: Slack, mail. */
  peers(): readonly Peer[];
  /** Posts a line to a channel of slack.yml, or to the incident's thread. */
  notify(asked: {
    readonly run: string;
    readonly key: string;
    readonly channel: string | null;
    readonly incident: string | null;
    readonly text: string;
  }): Promise<void>;
}

export interface SilenceAsked {
  /** Label → value, or all of them as Alertmanager writes them. */
  readonly matchers: Readonly<Record<string, string>> | string;
  readonly seconds: number;
  readonly reason: string;
  readonly incident: string | null;
  readonly by: string;
  /** The same key makes one silence only. */
  readonly key: string;
  /** What a second person saw that it mutes, and agreed to by agreeing to this run; empty: nothing needs one. */
  readonly agreed: readonly string[];
  /** `RUN-<n>`. */
  readonly run: string;
}

/** What a silence would mute. Foreign text. */
export interface SilenceForeseen {
  /** Why it cannot be made, whoever agrees; null: it can. */
  readonly blocked: string | null;
  /** What one person alone may not mute, sorted and without counts; empty: nothing. */
  readonly shown: readonly string[];
  /** Why a second person has to agree, and how much it mutes, in words; empty: nobody has to. */
  readonly because: readonly string[];
}

/** A step with its targets resolved: bound to ids, not to names. */
export interface PreparedStep {
  readonly planned: PlannedStep;
  readonly targets: readonly PlanTarget[];
  /** What an approval is bound to, one object a target. */
  readonly facts: ReadonlyArray<Readonly<Record<string, string>>>;
  /** What it changes, and holds against other runs meanwhile: services by name, hosts as `host:<name>`. */
  readonly changes: readonly string[];
  /** Why a second person has to agree to it, in words; absent: nobody has to because of it. */
  readonly needs?: readonly string[];
  /** Probes it runs. */
  readonly probes: readonly string[];
  readonly blockedBy: ReadonlyArray<{ readonly kind: string; readonly reason: string }>;
  /** For how long from its begin the runbook gives what it changed to become healthy, milliseconds. */
  readonly healthyWithinMs?: number;
  /** How the kind goes through several targets when the step itself says nothing; absent: one after the other. */
  readonly rolling?: RollingConfig;
  /** It is graver than its runbook says, for what it was given: the whole run is of this risk. */
  readonly raises?: { readonly risk: Risk; readonly because: string };
  /** It is a question to a person: the run waits for the answer. */
  readonly asks?: { readonly question: string; readonly roles: readonly string[] };
  /** One a target, in the order in which they are taken; a single one when it has no targets. */
  readonly units: readonly PreparedUnit[];
}

/** What a step does to one target. */
export interface PreparedUnit {
  /** Unique within the step: `web-1`, `gianna_1 (3f2a91c04d1e)`; `-` when the step has no targets. */
  readonly name: string;
  /** Carries it out, once. Throws only for bugs. */
  run(deps: StepRunDeps): Promise<UnitOutcome>;
  /** Looks whether the target is well again, for `rolling`; absent: nothing to look at. */
  gate?(
    limits: { readonly healthyWithinMs: number; readonly stableMs: number },
    deps: StepRunDeps,
  ): Promise<{ readonly isWell: boolean; readonly reason: string }>;
  /** Puts it into service once it is well; null, or what went wrong. With it even the last of several is looked at first. */
  settle?(deps: StepRunDeps): Promise<string | null>;
}

export interface StepRunDeps {
  /** `RUN-<n>`. */
  readonly run: string;
  /** Names this unit's one try, for ever: the key of locks on hosts, `RUN-1-restart`, `RUN-1-restart-web-2`. */
  readonly key: string;
  /** Who the run acts for. */
  readonly by: string;
  readonly driverOf: DriverOf;
  readonly shellOf: ShellOf;
  readonly runProbes: RunProbes;
  readonly doors: StepDoors;
  /** The value behind a secret parameter; a refusal when the environment does not hold it. */
  readonly secretOf: (ref: SecretRef) => string;
  readonly clock: Clock;
  /** Aborts what may be cut: looks, and programs that an abort ends; a call that must not be cut ignores it. */
  readonly signal: AbortSignal;
  /** Hides every secret that the process knows; before a text is cut, for half of one is not known any more. */
  readonly redact: Redact;
  /** Takes output while it comes; it is bounded, stripped and redacted. */
  readonly log: (text: string) => void;
}

export interface UnitOutcome {
  readonly status: 'done' | 'failed' | 'unknown';
  /** One line of plain text; may hold foreign text. */
  readonly summary: string;
  readonly checks?: readonly CheckResult[];
  /** For later steps: `${id.name}`. Of several targets, each name's last one that was not done well, else the last. */
  readonly results?: Readonly<Record<string, string | number | boolean>>;
  /** The step that takes back exactly what this did, when the kind knows it. */
  readonly undo?: StepData & { readonly hosts?: readonly string[] };
  /**
   * The step that makes it so again where it was lost (a reboot), for as long as a lease holds it. What takes another
   * step's doing away gives one too: what it says is not kept any more. `${until}` in it stands
   * for the lease's end, ISO 8601 UTC.
   */
  readonly keep?: StepData & { readonly hosts?: readonly string[] };
}

/** Reads a step's own keys once everything is put in; a refusal names the step and the key. */
export function readBody<Body>(kind: Pick<StepKind<Body>, 'body'>, id: string, body: unknown): Body {
  const read = kind.body((type) => type).safeParse(body);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? '' : ` (${issue.path.join('.')})`;
  throw refuse(
    'RUNBOOK_STEP',
    `The step "${id}" cannot be read${where}: ${issue?.message ?? 'wrong shape'}.`,
    'Correct the runbook file; `gianna-ops check` names the line.',
  );
}
