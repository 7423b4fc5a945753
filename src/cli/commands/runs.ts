import { refuse } from '../../core/errors.ts';
import { stripControls } from '../../core/text.ts';
import { planText } from '../../runbooks/plan-text.ts';
import { type AddCommand, type CliContext, subcommand } from '../context.ts';
import { readRunId } from '../ids.ts';
import type { RunJson } from '../shapes.ts';
import { plain, printTable, printTime } from '../table.ts';
import { breakGlassCommand, runActs } from './runs/acts.ts';
import { planOf } from './runs/plan.ts';

/** `runs [RUN-n] [--plan] [--log]`: runs of runbooks, newest first, or one with its steps, its plan or its log; and what is done to one. */
export const addRuns: AddCommand = (program, context) => {
  const command = subcommand('runs', 'list runs of runbooks, or show one')
    .argument('[run]', 'RUN-<n>', readRunId)
    .option('--plan', 'the plan of one, exactly')
    .option('--log', 'everything that one wrote down');
  command.action(async (id: string | undefined, { plan, log }: { plan?: boolean; log?: boolean }) => {
    if (id !== undefined && log === true) return printLog(id, context);
    if (id !== undefined && plan === true) return printPlan(id, context);
    if (id === undefined) {
      const runs = await context.read('runs', {}, (api) => api.runs());
      return context.print(runs, () => printRuns(runs));
    }
    const run = await context.read('run', { id }, (api) => api.run(id));
    if (run === null) throw refuse('RUN_UNKNOWN', `There is no run ${id}.`, 'List them with: gianna-ops runs');
    context.print(run, () => printRun(run));
  });
  for (const act of [...runActs(context), breakGlassCommand(context)]) command.addCommand(act);
  program.addCommand(command);
};

async function printPlan(id: string, context: CliContext): Promise<void> {
  const plan = await planOf(id, context);
  context.print(plan, () => planText(plan));
}

async function printLog(id: string, context: CliContext): Promise<void> {
  const log = await context.read('run-log', { id }, (api) => api.runLog(id));
  if (log === null) throw refuse('RUN_UNKNOWN', `There is no run ${id}.`, 'List them with: gianna-ops runs');
  context.print({ id, log }, () => `${stripControls(log).replaceAll('\r', '').trimEnd()}\n`);
}

/** One run for people: what came of it, and its steps. */
export function printRun(run: RunJson): string {
  const steps = run.steps.map(({ id, status, seconds, summary }) => [
    id,
    status,
    seconds === null ? null : `${seconds.toFixed(1)} s`,
    summary,
  ]);
  const verdict = run.verdict === null ? '' : `, ${run.verdict}`;
  return `${run.id}  ${plain(run.runbook)}  ${run.status}${verdict}  by ${plain(run.by)}\n${printTable(['STEP', 'STATUS', 'TOOK', 'SUMMARY'], steps)}`;
}

function printRuns(runs: readonly RunJson[]): string {
  if (runs.length === 0) return 'No runbook has been run yet.\n';
  const head = ['ID', 'RUNBOOK', 'STATUS', 'VERDICT', 'BY', 'STARTED', 'ENDED'];
  return printTable(
    head,
    runs.map((run) => [
      run.id,
      run.runbook,
      run.status,
      run.verdict,
      run.by,
      printTime(run.startedAt),
      printTime(run.endedAt),
    ]),
  );
}
