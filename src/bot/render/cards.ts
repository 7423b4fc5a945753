import type { TimelineEntry } from '../../alerts/change.ts';
import type { IncidentContext } from '../../alerts/context/context.ts';
import type { IncidentView } from '../../alerts/incident-view.ts';
import type { Severity } from '../../core/config/config.ts';
import type { EscalationView } from '../../oncall/page.ts';
import type { CheckResult } from '../../probes/check.ts';
import type { PlannedStep, RunApproval, RunStatus, StepStatus, Verdict } from '../../runbooks/run-state.ts';

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
  /** Why it is as it is, in people's words; absent: nothing to tell. */
  readonly reasons?: CardReasons;
  /** Incidents that are folded beneath it, as far as they are known. */
  readonly children?: ReadonlyArray<{ readonly id: string; readonly title: string }>;
  /** Runbooks that its route names, but the restart: what else can be run for it. */
  readonly runbooks?: readonly string[];
  /** Its alerts can be silenced: an Alertmanager is configured. */
  readonly maySilence?: boolean;
  /** Resolves by itself when every alert has ended (CONFIG.md, States). */
  readonly resolvesItself: boolean;
}

/** Reasons that people gave; foreign text. */
export interface CardReasons {
  /** Of the snooze or silence that holds now. */
  readonly quiet: string | null;
  /** Of the merge that holds now. */
  readonly fold: string | null;
  /** The severity was chosen by a person. */
  readonly severity: { readonly from: Severity; readonly by: string; readonly reason: string | null } | null;
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
  readonly risk: string;
  readonly reason: string | null;
  readonly requestedAt: number;
  readonly planHash: string;
  /** Why a second person has to agree. */
  readonly because: readonly string[];
  /** What it would do, step by step. */
  readonly plan: ReadonlyArray<Pick<PlannedStep, 'call' | 'effect' | 'undo' | 'mutates'>>;
  readonly dry: boolean;
  readonly approval: RunApproval | null;
  readonly stop: { readonly mode: 'after-step' | 'now'; readonly by: string } | null;
  readonly asks: { readonly step: string; readonly question: string | null } | null;
  readonly isAbandoned: boolean;
  readonly mayUndo: boolean;
  readonly hasLog: boolean;
  readonly phase: 'steps' | 'undo';
  /** Of its incident. */
  readonly severity: string | null;
}

export interface RunCardStep {
  readonly id: string;
  readonly kind: string;
  readonly status: StepStatus;
  readonly seconds: number | null;
  readonly summary: string | null;
  /** Proves the outcome. */
  readonly verifies: boolean;
  /** Targets that are done, of all, when there are several. */
  readonly units: { readonly done: number; readonly of: number } | null;
  readonly isUndone: boolean;
}

/** Plain display name of an actor (`slack:U1`, `local`, `auto`) or of a key of `oncall.people`; never a mention. */
export type NameOf = (actor: string) => string;
