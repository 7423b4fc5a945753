import { formatDuration } from '../../core/duration.ts';
import { refuse } from '../../core/errors.ts';
import type { PagedJson } from '../../oncall/proof/paged-json.ts';
import { type AddCommand, subcommand } from '../context.ts';
import { readIncidentId } from '../ids.ts';
import { printTable, printTime } from '../table.ts';

/** `paged GI-n`: who was paged for it, when, by what, with what answer. */
export const addPaged: AddCommand = (program, context) => {
  const command = subcommand('paged', 'who was paged for an incident, when, by what, with what answer').argument(
    '<incident>',
    'GI-<n>',
    readIncidentId,
  );
  command.action(async (id: string) => {
    const rows = await context.read('paged', { id }, (api) => api.paged(id));
    if (rows === null) {
      throw refuse('INCIDENT_UNKNOWN', `There is no incident ${id}.`, 'List them with: gianna-ops incidents');
    }
    context.print(rows, () => printPaged(id, rows));
  });
  program.addCommand(command);
};

function printPaged(id: string, rows: readonly PagedJson[]): string {
  if (rows.length === 0) return `Nobody was to be paged for ${id}.\n`;
  const head = ['LEVEL', 'WHO', 'BY', 'ASKED', 'OUTCOME', 'SENT', 'DELIVERED', 'ANSWER'];
  return printTable(
    head,
    rows.map((row) => [
      row.repeat === 0 ? row.level : `${row.level}, repeat ${row.repeat}`,
      [...row.people, ...row.targets].join(', '),
      row.means,
      printTime(row.askedAt) + (row.lateSeconds > 5 ? ` (late by ${formatDuration(row.lateSeconds)})` : ''),
      outcomeText(row),
      printTime(row.sentAt),
      printTime(row.deliveredAt),
      answerText(row),
    ]),
  );
}

function outcomeText({ outcome, why, folded }: PagedJson): string {
  const together = folded > 1 ? ` with ${folded - 1} more` : '';
  return `${outcome}${together}${why === null ? '' : `: ${why}`}`;
}

function answerText({ answer, outcome }: PagedJson): string | null {
  if (outcome !== 'sent') return null;
  if (answer === null) return 'none';
  return `${answer.kind} by ${answer.by} after ${formatDuration(answer.afterSeconds)}`;
}
