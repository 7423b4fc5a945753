import type { RunCommand } from '../run.ts';
import { type DecideOnRun, decided, requireMayRun } from './on-run.ts';

/** Ends a run after the step that is under way. */
export const stop: DecideOnRun = (asked, deps) => halt(asked, 'after-step', deps);

/** Ends a run now: what may be cut is cut; a call that must not be is waited for. */
export const abort: DecideOnRun = (asked, deps) => halt(asked, 'now', deps);

const halt = async (
  asked: Parameters<DecideOnRun>[0],
  mode: 'after-step' | 'now',
  deps: Parameters<DecideOnRun>[1],
) => {
  await requireMayRun(asked, deps);
  const { run, args, command } = asked;
  const reason = (args.reason ?? '').trim();
  const by = deps.nameOf(command.by);
  if (run.asks !== null) {
    const summary = `${mode === 'now' ? 'aborted' : 'stopped'} by ${by} instead of an answer`;
    return decided(
      asked,
      (_, texts) => ({ kind: 'interrupt', mutating: [], summary: texts.line(summary) }),
      `${run.id} ends here.`,
      deps,
    );
  }
  const words = mode === 'now' ? `${run.id} is being ended now.` : `${run.id} ends after the step that is under way.`;
  return decided(
    asked,
    (_, texts): RunCommand => ({ kind: 'stop', mode, reason: reason === '' ? null : texts.line(reason) }),
    words,
    deps,
  );
};
