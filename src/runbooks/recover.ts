import type { ConfigSource } from '../core/config/config.ts';
import type { Logger } from '../core/logger.ts';
import type { EffectChange, Journal } from '../journal/port.ts';
import type { RunProbes } from '../probes/check.ts';
import { findRunbook, verifyProbes } from './plan.ts';
import { runEffectKey } from './request.ts';
import { isAwaitingApproval, stepUnderWay } from './run.ts';
import { RUN_KIND } from './run-change.ts';
import type { RunLog } from './run-log.ts';
import type { RunRecord } from './run-record.ts';
import type { Plan, StepState } from './run-state.ts';
import { stepEffectKey } from './run-step.ts';
import { tellChecks } from './steps/probe.ts';

export interface RecoverDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly logger: Logger;
  readonly log: RunLog;
  readonly runProbes: RunProbes;
}

/**
 * Runs that a dead process left unfinished, but for those that had not been taken up: they are still to run.
 * Interrupts each and returns them.
 */
export async function interruptLeftovers(deps: RecoverDeps): Promise<RunRecord[]> {
  const open = await deps.journal.aggregates<RunRecord>(RUN_KIND, { open: true });
  const interrupted: RunRecord[] = [];
  for (const { state } of open) {
    if (isAwaitingApproval(state) || state.asks !== null) continue;
    const effect = await deps.journal.effect(runEffectKey(state.id, state.leg));
    if (state.status === 'waiting' && effect?.state === 'wanted') continue;
    const run = await interruptRun(state.id, deps);
    if (run !== null) interrupted.push(run);
  }
  return interrupted;
}

/** Records that a run broke off: a step that changes something is `unknown`, never run again. Null: it had ended. */
export async function interruptRun(id: string, deps: RecoverDeps): Promise<RunRecord | null> {
  const row = await deps.log.run(id);
  if (row === null) return null;
  const step = stepUnderWay(row.state);
  const mutating = await mutatingSteps(row.state, deps.journal);
  const isUnknown = step !== null && mutating.includes(step.id);
  const words = isUnknown
    ? `the bot ended while ${step.id} was under way: its outcome is unknown, and it is not run again by itself`
    : 'the bot ended while it was under way; no change was being made at that moment';
  const effects = step !== null && isUnknown ? await closings(id, step, deps.journal) : [];
  const made = await deps.log.record(id, (_, texts) => ({ kind: 'interrupt', mutating, summary: texts.line(words) }), {
    effects,
  });
  if (made.kind === 'impossible') return null;
  deps.logger.warn({ run: id, unknown: isUnknown ? step.id : null }, 'run interrupted');
  return made.run;
}

/** Looks at what an interrupted run left behind, and records it. */
export async function probeInterrupted(run: RunRecord, deps: RecoverDeps): Promise<void> {
  const plan = await storedPlan(run, deps.journal);
  const config = deps.config.current();
  if (plan === null || !Object.hasOwn(config.runbooks, run.runbook)) return;
  const probes = verifyProbes(findRunbook(config, run.runbook), plan.parameters, config);
  if (probes.length === 0) return;
  const checks = await deps.runProbes(probes);
  await deps.log.record(run.id, (_, texts) => ({
    kind: 'probed',
    checks: texts.json(checks),
    summary: texts.line(tellChecks(checks)),
  }));
}

async function mutatingSteps(run: RunRecord, journal: Journal): Promise<string[]> {
  const plan = await storedPlan(run, journal);
  if (plan === null) return run.steps.map((step) => step.id);
  const undoing = run.steps.filter(({ takesBack }) => takesBack !== undefined).map(({ id }) => id);
  return [...[...plan.steps, ...plan.verify].filter((step) => step.mutates).map((step) => step.id), ...undoing];
}

async function storedPlan(run: RunRecord, journal: Journal): Promise<Plan | null> {
  const text = await journal.payload(run.plan);
  return text === null ? null : (JSON.parse(text) as Plan);
}

async function closings(run: string, step: StepState, journal: Journal): Promise<EffectChange[]> {
  const key = stepEffectKey(run, step.id, step.tries);
  const effect = await journal.effect(key);
  if (effect?.state === 'claimed') return [{ op: 'close', key, state: 'unknown', result: { status: 'unknown' } }];
  return effect?.state === 'wanted' ? [{ op: 'drop', key, reason: 'interrupted' }] : [];
}
