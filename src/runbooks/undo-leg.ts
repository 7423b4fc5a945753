import type { RunbookConfig, StepConfig } from '../core/config/config.ts';
import type { CarryOutDeps, LegEnd } from './carry-out.ts';
import type { FinishedStep } from './conclude.ts';
import { prepareStep, type ResolvedStep } from './plan-steps.ts';
import { undoableSteps } from './run.ts';
import type { Continued } from './run-events.ts';
import type { RunRecord } from './run-record.ts';
import type { StepState, UndoStep } from './run-state.ts';
import { runStep } from './run-step.ts';
import { tellChecks } from './steps/probe.ts';
import { undoStepId } from './undo-step-id.ts';
import { currentRun, patienceUntil, verifyRun } from './verify-run.ts';

/**
 * The steps that take back what a run did, the last one first, and those that prove it again. `only`: of these steps
 * alone (a lease that ends); null: of all.
 */
export async function undoSteps(
  run: RunRecord,
  only: readonly string[] | null,
  runbook: RunbookConfig | null,
  undoOf: (step: StepState) => Promise<readonly UndoStep[]>,
): Promise<Continued['steps']> {
  const wanted = undoableSteps(run).filter(({ id }) => only === null || only.includes(id));
  const suffix = run.steps.some(({ takesBack }) => takesBack !== undefined) ? `-${run.leg + 1}` : '';
  const steps: Array<Continued['steps'][number]> = [];
  for (const step of wanted.reverse()) {
    const own = await undoOf(step);
    for (const [index, { kind }] of own.entries()) {
      const takesBack = { step: step.id, index, isLast: index === own.length - 1 };
      steps.push({ id: undoStepId(takesBack, suffix), kind, takesBack });
    }
  }
  if (steps.length === 0) return [];
  const proofs = (runbook?.verify ?? []).map(({ id, kind }) => ({
    id: `${proofId(id)}${suffix}`,
    kind,
    takesBack: null,
  }));
  return [...steps, ...proofs];
}

/** Carries out the steps that take something back, then proves what came of it. */
export async function carryOutUndo(id: string, runbook: RunbookConfig | null, deps: CarryOutDeps): Promise<LegEnd> {
  const finished: FinishedStep[] = [];
  for (const state of (await currentRun(id, deps.log)).steps) {
    if (state.takesBack === undefined || state.status !== 'waiting') continue;
    const run = await currentRun(id, deps.log);
    if (run.stop !== null) return { kind: 'stopped', after: finished.at(-1)?.planned.id ?? null };
    const step = await prepareUndo(run, state, deps);
    const what = { run, step, role: null, known: [], undo: () => [], holdSeconds: null, abort: deps.abort } as const;
    const result = await runStep(what, deps);
    if (result === null) return { kind: 'left' };
    finished.push({ planned: step.prepared.planned, status: result.status, summary: result.summary });
    if (result.status !== 'done') break;
  }
  return concludeUndo(id, finished, runbook, deps);
}

function proofId(id: string): string {
  return `after-undo-${id}`;
}

async function concludeUndo(
  id: string,
  finished: readonly FinishedStep[],
  runbook: RunbookConfig | null,
  deps: CarryOutDeps,
): Promise<LegEnd> {
  const broken = finished.find(({ status }) => status !== 'done') ?? null;
  const proofs = await prepareProofs(id, runbook, deps);
  const patience = patienceUntil(0, deps.verifyGraceMs, deps.clock);
  const after = await verifyRun(id, proofs, patience, deps);
  if (after === null) return { kind: 'left' };
  const now = after.length === 0 ? '' : `; now ${tellChecks(after)}`;
  if (broken === null) {
    const words = finished.map(({ planned }) => planned.id.replace(/^undo-/, '')).join(', ');
    return {
      kind: 'concluded',
      conclusion: { status: 'undone', verdict: null, summary: `taken back: ${words}${now}` },
      broken,
    };
  }
  const status = broken.status === 'unknown' ? 'interrupted' : 'failed';
  const how = broken.status === 'unknown' ? 'outcome unknown' : 'failed';
  const summary = `taking it back ${how}: ${broken.summary}${now}`;
  return { kind: 'concluded', conclusion: { status, verdict: null, summary }, broken };
}

async function prepareUndo(run: RunRecord, state: StepState, deps: CarryOutDeps): Promise<ResolvedStep> {
  const { step, index } = state.takesBack ?? { step: '', index: 0 };
  const original = run.steps.find(({ id }) => id === step);
  const undo = (await deps.log.json<readonly UndoStep[]>(original?.undo ?? null))?.[index];
  if (undo === undefined) throw new Error(`${run.id} does not know how to take ${step} back`);
  const config = bareStep(state.id, undo.kind, undo.body, undo.hosts.length === 0 ? null : { hosts: undo.hosts });
  const around = { scope: null, changed: [], service: run.service, incident: run.incident };
  const prepared = await prepareStep(config, around, deps.planDeps);
  const [blocked] = prepared.prepared.blockedBy;
  if (blocked === undefined) return prepared;
  const unit = { name: '-', run: async () => ({ status: 'failed' as const, summary: blocked.reason }) };
  return { ...prepared, prepared: { ...prepared.prepared, units: [unit] } };
}

/** The runbook's own proof once more, under the ids that the run was given for it. */
async function prepareProofs(
  id: string,
  runbook: RunbookConfig | null,
  deps: CarryOutDeps,
): Promise<readonly ResolvedStep[]> {
  const run = await currentRun(id, deps.log);
  const parameters = await deps.scopeOfRun(run);
  const proofs: ResolvedStep[] = [];
  for (const written of runbook?.verify ?? []) {
    const state = run.steps.findLast((step) => step.id.startsWith(proofId(written.id)) && step.status === 'waiting');
    if (state === undefined || parameters === null) continue;
    const around = { scope: parameters, changed: [], service: run.service, incident: run.incident };
    proofs.push(await prepareStep({ ...written, id: state.id }, around, deps.planDeps));
  }
  return proofs;
}

/** A step of which only its kind, keys and hosts are known. */
export function bareStep(id: string, kind: string, body: unknown, on: unknown): StepConfig {
  const plain = { when: {}, retries: null, timeoutSeconds: null, rolling: null, undo: null, hold: null };
  return { id, kind, body, on, ...plain, isIdempotent: null };
}
