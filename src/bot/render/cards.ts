import type { TimelineEntry } from '../../alerts/change.ts';
import type { IncidentContext } from '../../alerts/context/context.ts';
import type { IncidentView } from '../../alerts/incident-view.ts';
import type { EscalationView } from '../../oncall/page.ts';
import type { CheckResult } from '../../probes/check.ts';
import type { RunStatus, StepStatus, Verdict } from '../../runbooks/run-state.ts';

/** Everything that the messages of one incident are rendered from. */
export interface IncidentCard {
  readonly view: IncidentView;
  /** null: nobody is paged for it (no policy, or it is over). */
  readonly escalation: EscalationView | null;
  /** Oldest first. */
  readonly timeline: readonly TimelineEntry[];
  readonly service: ServiceFacts;
  /** The latest diagnosis; null before the first. */
  readonly diagnosis: Diagnosis | null;
  /** What was gathered by itself; null before it was. */
  readonly context: IncidentContext | null;
  /** The run that acts on it now. */
  readonly running: { readonly id: string; readonly runbook: string; readonly by: string; readonly at: number } | null;
  /** Resolves by itself when every alert has ended (CONFIG.md, States). */
  readonly resolvesItself: boolean;
}

/** What can be done for the incident's service. */
export interface ServiceFacts {
  readonly mayDiagnose: boolean;
  readonly mayRestart: boolean;
  /** Why no actions are offered, one plain sentence; null when some are. */
  readonly reason: string | null;
}

export interface Diagnosis {
  readonly at: number;
  readonly by: string;
  readonly checks: readonly CheckResult[];
}

/** A run as its message shows it. Texts may be foreign. */
export interface RunCard {
  readonly id: string;
  readonly version: number;
  readonly runbook: string;
  /** What it acts on, for people: `gianna`. */
  readonly target: string;
  readonly incident: string | null;
  readonly by: string;
  readonly status: RunStatus;
  readonly verdict: Verdict | null;
  /** What it came to, one line; null while it is under way. */
  readonly summary: string | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly steps: readonly RunCardStep[];
}

export interface RunCardStep {
  readonly id: string;
  readonly kind: string;
  readonly status: StepStatus;
  readonly seconds: number | null;
  readonly summary: string | null;
  /** Proves the outcome. */
  readonly verifies: boolean;
}

/** Plain display name of an actor (`slack:U1`, `local`, `auto`) or of a key of `oncall.people`; never a mention. */
export type NameOf = (actor: string) => string;
