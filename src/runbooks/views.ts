import type { Actor } from '../core/command.ts';
import type { Risk } from '../core/config/config.ts';
import type { AggregateRow, Journal } from '../journal/port.ts';
import type { CheckResult } from '../probes/check.ts';
import { undoableSteps } from './run.ts';
import { RUN_KIND } from './run-change.ts';
import type { RunRecord } from './run-record.ts';
import type { Plan, RunApproval, RunStatus, StepState, StepStatus, Verdict } from './run-state.ts';

/** A run with its texts, as the edges show it. Summaries and reason may hold foreign text: escape before showing. */
export interface RunView {
  readonly id: string;
  /** The aggregate's version: the `n` of its buttons. */
  readonly version: number;
  readonly runbook: string;
  readonly risk: Risk;
  readonly incident: string | null;
  readonly service: string | null;
  readonly by: Actor;
  readonly reason: string | null;
  readonly status: RunStatus;
  readonly verdict: Verdict | null;
  /** One line that says what it came to; null while it is under way. */
  readonly summary: string | null;
  /** Null when its text was erased. */
  readonly plan: Plan | null;
  readonly requestedAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** What the probes said before the first change, and at the end (or after an interruption). */
  readonly before: readonly CheckResult[];
  readonly after: readonly CheckResult[];
  /** Those of the runbook, then those of its verification. */
  readonly steps: readonly RunStepView[];
  /** Only looks. */
  readonly dry: boolean;
  readonly planHash: string;
  readonly approval: RunApproval | null;
  readonly leg: number;
  readonly phase: 'steps' | 'undo';
  readonly stop: RunRecord['stop'];
  /** What a person is asked, with the step that asks. */
  readonly asks: { readonly step: string; readonly question: string | null } | null;
  readonly isAbandoned: boolean;
  /** Something of it can be taken back now. */
  readonly mayUndo: boolean;
  /** Something of it printed something. */
  readonly hasLog: boolean;
}

export interface RunStepView {
  readonly id: string;
  readonly kind: string;
  readonly status: StepStatus;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly summary: string | null;
  /** What it acts on, for people. */
  readonly target: string;
  readonly mutates: boolean;
  /** Proves the outcome. */
  readonly verifies: boolean;
  /** Targets that are done, of all, when there are several. */
  readonly units: { readonly done: number; readonly of: number } | null;
  readonly isUndone: boolean;
  readonly takesBack: string | null;
}

const MOST_LISTED = 50;

/** One run; null when there is none of this id. */
export async function viewRun(journal: Pick<Journal, 'aggregate' | 'payloads'>, id: string): Promise<RunView | null> {
  const row = await journal.aggregate<RunRecord>(RUN_KIND, id);
  return row === null ? null : viewRow(row, journal);
}

/** The latest runs, newest first. */
export async function listRuns(journal: Pick<Journal, 'aggregates' | 'payloads'>): Promise<RunView[]> {
  const rows = await journal.aggregates<RunRecord>(RUN_KIND, { limit: MOST_LISTED });
  return Promise.all(rows.map((row) => viewRow(row, journal)));
}

async function viewRow(row: AggregateRow<RunRecord>, journal: Pick<Journal, 'payloads'>): Promise<RunView> {
  const { state: run, version } = row;
  const digests = [
    run.plan,
    run.reason,
    run.summary,
    run.before,
    run.after,
    run.asks?.question ?? null,
    ...run.steps.map((step) => step.summary),
  ];
  const texts = await journal.payloads(digests.filter((digest) => digest !== null));
  const text = (digest: string | null) => (digest === null ? null : (texts.get(digest) ?? null));
  const plan = parse<Plan | null>(text(run.plan), null);
  return {
    id: run.id,
    version,
    runbook: run.runbook,
    risk: run.risk,
    incident: run.incident,
    service: run.service,
    by: run.by,
    reason: text(run.reason),
    status: run.status,
    verdict: run.verdict,
    summary: text(run.summary),
    plan,
    requestedAt: run.requestedAt,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    before: parse<CheckResult[]>(text(run.before), []),
    after: parse<CheckResult[]>(text(run.after), []),
    steps: run.steps.map((step) => viewStep(step, plan, text)),
    dry: run.dry,
    planHash: run.planHash,
    approval: run.approval,
    leg: run.leg,
    phase: run.phase,
    stop: run.stop,
    asks: run.asks === null ? null : { step: run.asks.step, question: text(run.asks.question) },
    isAbandoned: run.isAbandoned,
    hasLog: run.steps.some(({ log }) => log !== null),
    mayUndo: undoableSteps(run).length > 0 && run.status !== 'waiting' && run.status !== 'running',
  };
}

function viewStep(step: StepState, plan: Plan | null, text: (digest: string | null) => string | null): RunStepView {
  const { id, kind, status, startedAt, endedAt, units, isUndone, takesBack } = step;
  const own = { id, kind, status, startedAt, endedAt, units, isUndone, takesBack: takesBack?.step ?? null };
  const planOf = takesBack?.step ?? id;
  const known = planned(plan, planOf);
  return { ...own, summary: text(step.summary), ...known, verifies: known.verifies || id.startsWith('after-undo-') };
}

function planned(plan: Plan | null, id: string): Pick<RunStepView, 'target' | 'mutates' | 'verifies'> {
  const isVerify = plan?.verify.some((step) => step.id === id) ?? false;
  const step = [...(plan?.steps ?? []), ...(plan?.verify ?? [])].find((each) => each.id === id);
  return { target: step?.target ?? '', mutates: step?.mutates ?? false, verifies: isVerify };
}

function parse<T>(text: string | null, otherwise: T): T {
  return text === null ? otherwise : (JSON.parse(text) as T);
}
