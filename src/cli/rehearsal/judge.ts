import type { Rehearsal } from '../../runbooks/stand-ins/rehearse.ts';

/**
 * Why a rehearsal did not go as it was to go, in words; empty: it did. Without steps that are made to fail a run is to
 * succeed. With them each has to be reached and the run must not succeed; taking it back has to work unless it is what
 * was made to fail.
 */
export function judgeRehearsal({ run, refused, undone }: Rehearsal, fail: ReadonlySet<string>): string[] {
  if (run === null) return [`it was refused: ${refused?.text ?? ''} ${refused?.remedy ?? ''}`.trim()];
  const steps = new Map((undone ?? run).steps.map(({ id, status }) => [id, status]));
  const missed = [...fail].filter((id) => steps.get(id) !== 'failed');
  const isOfUndo = (id: string) => /^(undo|after-undo)-/.test(id);
  const failsInRun = [...fail].some((id) => !isOfUndo(id));
  const failsInUndo = [...fail].some(isOfUndo);
  return [
    ...missed.map((id) => `${id} was to fail and ${sayStatus(steps.get(id))}`),
    ...(run.status === 'succeeded' || failsInRun ? [] : [`it ${run.status}: ${run.summary ?? ''}`]),
    ...(run.status === 'succeeded' && failsInRun && missed.length === 0 ? ['it succeeded although a step failed'] : []),
    ...(undone === null || undone.status === 'undone' || failsInUndo ? [] : [`taking it back ${undone.status}`]),
  ];
}

function sayStatus(status: string | undefined): string {
  if (status === undefined || status === 'waiting') return 'was not reached';
  return status === 'skipped' ? 'was left out' : `is ${status}`;
}
