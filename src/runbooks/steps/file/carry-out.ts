import type { Shell } from '../../../hosts/shell.ts';
import { judgeOnce } from '../program-outcome.ts';
import { createSecretKeeper } from '../secret-keeper.ts';
import type { StepRunDeps, UnitOutcome } from '../step.ts';
import { editOf, type FileBody } from './body.ts';
import type { Present } from './describe.ts';
import { applyEdit } from './edit.ts';
import { digestOf, readState } from './read.ts';
import { writeOnce } from './write.ts';

export interface Planned {
  readonly body: FileBody;
  /** As the plan saw it. */
  readonly present: Present;
  readonly timeoutMs: number;
}

/** Writes the file of one host, if it is still as the plan saw it, or says that it is as wanted already. */
export async function changeFile(shell: Shell, planned: Planned, deps: StepRunDeps): Promise<UnitOutcome> {
  const { body, present, timeoutMs } = planned;
  const keeper = createSecretKeeper(deps);
  const now = await readState(shell, body.path, deps.signal);
  if (now.kind === 'unfit') return failed(`${shell.host}: ${now.reason}`);
  const edited = applyEdit(now.kind === 'file' ? now.bytes : null, editOf(body, keeper.open));
  if (edited.kind === 'cannot') return failed(`${shell.host}: ${edited.why}`);
  const wanted = digestOf(edited.text);
  if (isAsWanted(body, now, wanted)) {
    const summary = `${shell.host}: ${now.path} is as wanted already`;
    return { status: 'done', summary, results: { changed: false, digest: wanted } };
  }
  if (digestIn(now) !== digestIn(present) || now.path !== present.path) {
    return failed(`${shell.host}: ${now.path} has changed since the plan; nothing was done`);
  }
  const backup = backupOf(now.path, deps.key);
  const expected = digestIn(now);
  const once = await writeOnce(
    shell,
    { ...{ path: now.path, expected, wanted, backup, content: edited.text }, ...rightsOf(body) },
    { key: deps.key, timeoutMs, signal: deps.signal },
  );
  const verdict = judgeOnce(shell.host, once);
  if (verdict.status !== 'done') return keeper.hideIn(verdict);
  const kept = expected === null ? null : backup;
  const undo = { path: now.path, is: wanted, was: expected, backup: kept };
  return {
    status: 'done',
    summary: `${shell.host}: ${now.path} ${kept === null ? 'made' : `written; the former content is in ${kept}`}`,
    results: { changed: true, digest: wanted, ...(kept === null ? {} : { backup: kept }) },
    undo: { kind: 'file.restore', body: undo, hosts: [shell.host] },
  };
}

/** Where the former content is kept: beside the file. */
export function backupOf(path: string, key: string): string {
  return `${path}.gianna-${key}`;
}

function isAsWanted(body: FileBody, now: Present, wanted: string): boolean {
  if (now.kind !== 'file' || now.digest !== wanted) return false;
  const { mode, owner } = rightsOf(body);
  const [names = '', ids = ''] = now.owner.split(' ').map((part) => part.replace(/[()]/g, ''));
  const isOwned = [names, ids, names.split(':')[0], ids.split(':')[0]].includes(owner);
  return (mode === '' || mode === now.mode) && (owner === '' || isOwned);
}

function digestIn(state: Present): string | null {
  return state.kind === 'file' ? state.digest : null;
}

function rightsOf({ mode = '', owner = '' }: FileBody): { mode: string; owner: string } {
  return { mode: mode.replace(/^0+(?=\d{3})/, ''), owner };
}

function failed(summary: string): UnitOutcome {
  return { status: 'failed', summary };
}
