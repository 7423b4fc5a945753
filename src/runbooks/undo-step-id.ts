import type { StepState } from './run-state.ts';

type TakesBack = NonNullable<StepState['takesBack']>;

/** The id of the step that takes another one back; `suffix` tells one leg's from an earlier leg's. */
export function undoStepId({ step, index }: Pick<TakesBack, 'step' | 'index'>, suffix: string): string {
  return `undo-${step}${index === 0 ? '' : `-part-${index + 1}`}${suffix}`;
}

/** Ids of the steps that the latest undo of a run is to take back; an earlier undo's are left out. */
export function stepsOfLatestUndo(steps: readonly Pick<StepState, 'id' | 'takesBack'>[]): string[] {
  const undoing = steps.flatMap(({ id, takesBack }) =>
    takesBack === undefined ? [] : [{ step: takesBack.step, suffix: id.slice(undoStepId(takesBack, '').length) }],
  );
  const latest = undoing.at(-1)?.suffix;
  return [...new Set(undoing.filter(({ suffix }) => suffix === latest).map(({ step }) => step))];
}
