import { approve, breakGlass, deny } from './approve.ts';
import { abandon, answerContinue, resume, skip, undo } from './go-on.ts';
import type { DecideOnRun } from './on-run.ts';
import { abort, stop } from './stop.ts';

/** What may be asked of a run that is there, by verb (DESIGN.md, Contracts: buttons). */
export const ON_RUN: Readonly<Record<string, DecideOnRun>> = {
  approve,
  deny,
  'break-glass': breakGlass,
  stop,
  abort,
  continue: answerContinue,
  skip,
  resume,
  undo,
  abandon,
};
