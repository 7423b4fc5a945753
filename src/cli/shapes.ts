import type { JsonObject } from '../core/json.ts';
import type { Numbers } from '../oncall/reports/numbers.ts';

/**
 * The answers of the CLI, as `--json` prints them (DESIGN.md, Shapes of --json): times ISO 8601 UTC, durations in
 * seconds; more keys may follow. Rooms build them; the CLI prints them, or a table of them.
 */
export type IncidentJson = {
  readonly id: string;
  readonly title: string;
  readonly severity: string;
  readonly status: string;
  readonly flags: readonly string[];
  readonly service: string | null;
  readonly channel: string;
  readonly owner: string | null;
  /** Called in beside the owner: names of oncall.yml. */
  readonly responders: readonly string[];
  /** When the owner is asked, or paged, whether somebody is still on it; null: never. */
  readonly ackExpiresAt: string | null;
  readonly openedAt: string;
  readonly acknowledgedAt: string | null;
  readonly resolvedAt: string | null;
  /** Pages pause until then; null: they do not. */
  readonly quiet: {
    readonly kind: string;
    readonly until: string;
    readonly by: string;
    readonly silence: string | null;
  } | null;
  readonly foldedUnder: string | null;
  readonly folded: readonly string[];
  readonly flapping: { readonly since: string; readonly count: number; readonly changes: readonly string[] } | null;
  /** Counts, or every alert with `--alerts`. */
  readonly alerts: { readonly firing: number; readonly resolved: number } | readonly AlertJson[];
  readonly escalation: { readonly level: number; readonly nextAt: string | null } | null;
  /** Of one incident alone. */
  readonly timeline?: readonly TimelineJson[];
};
export type AlertJson = {
  readonly fingerprint: string;
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
};
export type TimelineJson = {
  readonly at: string;
  readonly kind: string;
  readonly by: string;
  readonly text: string;
};

export type ProbeJson = {
  readonly probe: string;
  readonly target: string;
  readonly result: string;
  readonly summary: string;
  readonly seconds: number;
  readonly at: string;
  readonly evidence: JsonObject;
};

export type RunbookJson = {
  readonly runbook: string;
  readonly summary: string;
  readonly risk: string;
  readonly parameters: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly options: readonly string[];
        readonly default: string | number | null;
        readonly required: boolean;
      }
    >
  >;
};

export type PlanJson = {
  readonly hash: string;
  readonly runbook: string;
  readonly risk: string;
  /** Why that is higher than what the runbook says; absent: it is not. */
  readonly riskBecause?: readonly string[];
  /** A secret stands as the name of its variable. */
  readonly parameters: Readonly<Record<string, string | number | readonly string[] | { readonly secret: string }>>;
  readonly targets: ReadonlyArray<{ readonly host: string; readonly service: string; readonly id: string }>;
  readonly steps: readonly PlannedStepJson[];
  /** What proves the outcome. */
  readonly verify: readonly PlannedStepJson[];
  readonly needs: {
    readonly approvals: number;
    readonly roles: readonly string[];
    readonly because: readonly string[];
  };
  readonly blockedBy: ReadonlyArray<{ readonly kind: string; readonly reason: string }>;
};

export type PlannedStepJson = {
  readonly id: string;
  readonly kind: string;
  readonly target: string;
  readonly call: string;
  readonly effect: string;
  readonly undo: string | null;
  /** False: it only looks. */
  readonly mutates: boolean;
  readonly hold?: string;
  readonly when?: string;
};

export type RunJson = {
  readonly id: string;
  readonly runbook: string;
  readonly status: string;
  readonly verdict: string | null;
  readonly by: string;
  readonly approvedBy: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly steps: ReadonlyArray<{
    readonly id: string;
    readonly status: string;
    readonly seconds: number | null;
    readonly summary: string | null;
  }>;
};

/** Who calls. */
export type CallerJson = {
  readonly actor: string;
  /** Public id of the token; null: none was presented. */
  readonly token: string | null;
  readonly roles: readonly string[];
  readonly expiresAt: string | null;
};

/** A row of the inbox that is waiting or parked. */
export type InboxJson = {
  readonly id: number;
  readonly state: string;
  readonly lane: string;
  readonly source: string;
  readonly receivedAt: string;
  readonly tries: number;
  readonly error: string | null;
};

/** A silence, made here or elsewhere. */
export type SilenceJson = {
  readonly id: string;
  readonly status: string;
  readonly pending: string | null;
  readonly madeHere: boolean;
  readonly matchers: readonly string[];
  readonly reason: string;
  readonly author: string;
  readonly by: string | null;
  readonly incident: string | null;
  readonly service: string | null;
  readonly requestedAt: string;
  readonly endsAt: string;
  readonly endedAt: string | null;
  readonly failure: string | null;
  readonly alertmanagerId: string | null;
  readonly mutesNow: BlastJson | null;
};
/** Distinct alerts and incidents. */
export type BlastJson = {
  readonly alerts: number;
  readonly incidents: number;
  readonly bySeverity: Readonly<Record<string, { readonly alerts: number; readonly incidents: number }>>;
  readonly byService: ReadonlyArray<{
    readonly service: string | null;
    readonly alerts: number;
    readonly incidents: number;
  }>;
  readonly incidentIds: readonly string[];
};
export type SilencePreviewJson = {
  readonly now: BlastJson;
  readonly lastSevenDays: BlastJson;
  readonly severity: string;
  readonly longestSeconds: number;
  readonly refused: {
    readonly field: string;
    readonly code: string;
    readonly text: string;
    readonly remedy: string;
  } | null;
  /** It would wait for a second person. */
  readonly second: {
    readonly because: string;
    readonly remedy: string;
    readonly shown: readonly string[];
  } | null;
  readonly warnings: readonly string[];
  /** The numbers in words. */
  readonly lines: readonly string[];
};
/** `stats`: numbers of a window. */
export type StatsJson = { readonly since: string; readonly until: string } & Numbers;
