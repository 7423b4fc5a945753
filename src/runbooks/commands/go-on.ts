import { refuse } from '../../core/errors.ts';
import { runbookOf } from '../own-runbooks.ts';
import { runEffect } from '../request.ts';
import type { RunRecord } from '../run-record.ts';
import type { UndoStep } from '../run-state.ts';
import { undoSteps } from '../undo-leg.ts';
import { type DecideOnRun, decided, notNow, type OnRun, type OnRunDeps, requireMayRun } from './on-run.ts';

/** Answers a step that asks: it was done, go on. */
export const answerContinue: DecideOnRun = (asked, deps) => answer(asked, 'continue', deps);

/** To a step that asks: it was not done, go on all the same; of an interrupted run: leave its unknown step behind and go on. */
export const skip: DecideOnRun = async (asked, deps) => {
  if (asked.run.asks !== null) return answer(asked, 'skip', deps);
  await requireMayRun(asked, deps);
  return goOn(asked, 'skipped', deps);
};

/** Goes on with an interrupted run: the step whose outcome nobody knows is done again, because a person says so. */
export const resume: DecideOnRun = async (asked, deps) => {
  await requireMayRun(asked, deps);
  return goOn(asked, 'resumed', deps);
};

/** Takes back what a run did, the last step first; all of it, or the steps named. */
export const undo: DecideOnRun = async (asked, deps) => {
  await requireMayRun(asked, deps);
  const { run, args } = asked;
  const config = deps.config.current();
  const runbook = runbookOf(config, run.runbook) ?? null;
  const undoOf = async (digest: string | null) => (await deps.log.json<readonly UndoStep[]>(digest)) ?? [];
  const steps = await undoSteps(run, args.steps ?? null, runbook, (step) => undoOf(step.undo));
  if (steps.length === 0) {
    throw refuse(
      'NOTHING_TO_UNDO',
      `${run.id} has nothing that can be taken back.`,
      `Look at: gianna-ops runs ${run.id}`,
    );
  }
  return further(asked, { how: 'undoing', step: null, steps }, `${run.id}: taking it back.`, deps);
};

/** Leaves what an interrupted run did as it is. */
export const abandon: DecideOnRun = async (asked, deps) => {
  await requireMayRun(asked, deps);
  const reason = (asked.args.reason ?? '').trim();
  return decided(
    asked,
    (_, texts) => ({ kind: 'abandon', reason: reason === '' ? null : texts.line(reason) }),
    `${asked.run.id} is left as it is.`,
    deps,
  );
};

async function answer(asked: OnRun, said: 'continue' | 'skip', deps: OnRunDeps) {
  await requireMayRun(asked, deps);
  const { run } = asked;
  if (run.asks === null) throw notNow(run, 'waits for no answer');
  const words = said === 'continue' ? `${run.id} goes on.` : `${run.id} goes on without ${run.asks.step}.`;
  return further(asked, { how: 'answered', step: run.asks.step, steps: [], answer: said }, words, deps);
}

function goOn(asked: OnRun, how: 'resumed' | 'skipped', deps: OnRunDeps) {
  const { run } = asked;
  const unknown = run.steps.find(({ status }) => status === 'unknown')?.id ?? null;
  if (how === 'skipped' && unknown === null) throw notNow(run, 'has no step to leave behind; resume it');
  const what =
    unknown === null ? 'from where it was' : how === 'resumed' ? `: ${unknown} once more` : `after ${unknown}`;
  return further(asked, { how, step: unknown, steps: [] }, `${run.id} goes on ${what}.`.replace(' :', ':'), deps);
}

interface Further {
  readonly how: 'answered' | 'resumed' | 'skipped' | 'undoing';
  readonly step: string | null;
  readonly steps: Awaited<ReturnType<typeof undoSteps>>;
  readonly answer?: string;
}

function further(asked: OnRun, { answer: said, ...leg }: Further, words: string, deps: OnRunDeps) {
  const reason = (asked.args.reason ?? '').trim();
  return decided(
    asked,
    (_, texts) => ({
      kind: 'continue',
      ...leg,
      results: said === undefined ? null : texts.json({ answer: said }),
      reason: reason === '' ? null : texts.line(reason),
    }),
    words,
    deps,
    { along: async (run: RunRecord) => ({ effects: [runEffect(run)] }) },
  );
}
