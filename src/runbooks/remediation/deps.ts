import type { Clock } from '../../core/clock.ts';
import type { Actor, SubmitCommand } from '../../core/command.ts';
import type { ConfigSource, Severity } from '../../core/config/config.ts';
import type { Logger } from '../../core/logger.ts';
import type { Journal } from '../../journal/port.ts';
import type { RunProbes } from '../../probes/check.ts';
import type { Freeze, FrozenRun } from '../freeze/freeze.ts';
import type { RunStatus, Verdict } from '../run-state.ts';
import type { RemediationMetrics } from './metrics.ts';

/** An open incident as rules see it: a fact of another room. */
export interface RemediableIncident {
  readonly id: string;
  readonly severity: Severity;
  readonly service: string | null;
  /** Rules act on `firing` alone: what is acknowledged belongs to a person. */
  readonly status: string;
  /** Its alerts that fire, and since when (epoch ms). */
  readonly firing: ReadonlyArray<{ readonly labels: Readonly<Record<string, string>>; readonly since: number }>;
}

/** What automatic remediation works with; facts and acts of other rooms are passed by app.ts. */
export interface RemediationDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: RemediationMetrics;
  /** Null: there is no such incident, or it is closed. */
  readonly incident: (id: string) => Promise<RemediableIncident | null>;
  readonly openIncidents: () => Promise<readonly string[]>;
  readonly runProbes: RunProbes;
  readonly freezes: (run: FrozenRun) => Promise<readonly Freeze[]>;
  /** Asks for a run as people do; the same key asks once, for ever. */
  readonly submit: SubmitCommand;
  /** Null: there is no such run. */
  readonly run: (id: string) => Promise<{ readonly status: RunStatus; readonly verdict: Verdict | null } | null>;
  /** The run that actor `auto` asked for, of this runbook, for this incident, at `since` or later; null: none. */
  readonly findRun: (asked: {
    readonly incident: string;
    readonly runbook: string;
    readonly since: number;
  }) => Promise<string | null>;
  /** Pages on because a run did not help; the same key escalates once. */
  readonly escalate: (asked: {
    readonly key: string;
    readonly incident: string;
    readonly words: string;
  }) => Promise<void>;
  /** Whether somebody may switch a rule on again. */
  readonly mayAdmin: (actor: Actor) => Promise<{ readonly allowed: boolean; readonly reason: string }>;
}
