import { planText } from '../../runbooks/plan-text.ts';
import { planJson, runJson } from '../../runbooks/run-json.ts';
import type { Rehearsal } from '../../runbooks/stand-ins/rehearse.ts';
import type { RunView } from '../../runbooks/views.ts';
import { plain, printTable } from '../table.ts';

export const ONLY_STAND_INS =
  'Stand-ins only: no host, service, Redis, database, web address, Alertmanager or Slack is asked or touched.';

/** A rehearsal for people: the plan, what was taken as given, the run step by step, and what taking it back came to. */
export function printRehearsal(rehearsal: Rehearsal, given: readonly string[], wrong: readonly string[]): string {
  const { plan, run, refused, undone, asked, askedByUndo, assumed } = rehearsal;
  const undoIds = new Set(run?.steps.map(({ id }) => id));
  const isNew = ({ id }: RunView['steps'][number]) => !undoIds.has(id);
  return [
    `${ONLY_STAND_INS}\n\n`,
    planText(plan),
    section('Taken as given', [...given, ...assumed]),
    refused === null ? '' : section('Refused', [`${refused.text} ${refused.remedy}`]),
    run === null ? '' : `\nThe run, on stand-ins\n${printSteps(run.steps)}${printEnd(run)}`,
    section('What the stand-ins were asked to do', asked),
    undone === null ? '' : `\nTaking it back afterwards\n${printSteps(undone.steps.filter(isNew))}${printEnd(undone)}`,
    section('What the stand-ins were asked to take back', askedByUndo),
    run === null || undone !== null ? '' : '\nTaking it back afterwards: nothing of it can be, or is left to be.\n',
    wrong.length === 0 ? '\nok: it went as it was to go\n' : `\nnot ok: ${wrong.map(plain).join('; ')}\n`,
  ].join('');
}

/** The same for programs. */
export function rehearsalJson(rehearsal: Rehearsal, given: readonly string[], wrong: readonly string[]) {
  const { plan, run, refused, undone, asked, askedByUndo, assumed } = rehearsal;
  return {
    standIns: true,
    plan: planJson(plan),
    assumed: [...given, ...assumed],
    refused: refused === null ? null : { code: refused.code, text: refused.text, remedy: refused.remedy },
    run: run === null ? null : runJson(run),
    asked,
    undo: undone === null ? null : runJson(undone),
    askedByUndo,
    ok: wrong.length === 0,
    wrong,
  };
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n${title}\n${lines.map((line) => `  ${plain(line)}\n`).join('')}`;
}

function printSteps(steps: RunView['steps']): string {
  const rows = steps.map(({ id, status, startedAt, endedAt, summary }) => {
    const took = startedAt === null || endedAt === null ? null : `${((endedAt - startedAt) / 1000).toFixed(1)} s`;
    return [id, status, took, summary];
  });
  return printTable(['STEP', 'STATUS', 'TOOK', 'SUMMARY'], rows);
}

function printEnd({ status, summary }: RunView): string {
  return `${status}: ${plain(summary ?? '')}\n`;
}
