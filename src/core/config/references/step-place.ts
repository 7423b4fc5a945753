import type { Written } from '../files.ts';
import type { Path, Report } from '../problem.ts';
import type { RunbookFile } from '../schema/runbook.ts';
import type { StepKindFound, WrittenStep } from '../schema/step.ts';
import type { StepShape } from '../step-shape.ts';

/** One step with everything that a rule about it may ask for. */
export interface StepPlace {
  readonly written: Written;
  readonly file: string;
  /** `steps[1]`. */
  readonly path: Path;
  readonly runbook: RunbookFile;
  readonly step: WrittenStep;
  readonly id: string;
  readonly found: StepKindFound;
  /** Whether it changes anything. */
  readonly mutates: boolean;
  /** Kinds of the steps before this one, by id. */
  readonly earlier: ReadonlyMap<string, StepShape>;
  /** Ids of all steps. */
  readonly ids: readonly string[];
  /** Whether the value at a path of the file is marked secret. */
  readonly isSecret: (path: Path) => boolean;
}

/** Says what is wrong at a place inside a step: `on`, `undo.on`, `["service.restart"].service`. */
export type TellAt = (
  inner: Path,
  wrong: { readonly message: string; readonly hint?: string | null },
  at?: 'key',
) => void;

/** Reports at places inside a step. */
export function tellAt({ file, path }: StepPlace, report: Report): TellAt {
  return (inner, wrong, at) =>
    report({ file, path: [...path, ...inner], ...(at === undefined ? {} : { at }), ...wrong });
}

/** The step itself and, when there is one, the step that takes it back: what both may name, and where it stands. */
export function actsOf({ step, found, written }: StepPlace): readonly Act[] {
  const own: Act = { inner: [], on: step.on, found };
  if (step.undo === undefined) return [own];
  const shape = written.steps.find(({ kind }) => Object.hasOwn(step.undo ?? {}, kind));
  if (shape === undefined) return [own];
  return [own, { inner: ['undo'], on: step.undo.on, found: { shape, body: step.undo[shape.kind] } }];
}

export interface Act {
  /** Where it stands in the step. */
  readonly inner: Path;
  readonly on: WrittenStep['on'];
  readonly found: StepKindFound;
}
