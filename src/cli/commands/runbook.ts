import type { Command } from 'commander';
import type { Outcome } from '../../core/command.ts';
import { refuse } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { planText } from '../../runbooks/plan-text.ts';
import { type AddCommand, type CliContext, subcommand } from '../context.ts';
import type { PlanJson, RunbookJson, RunJson } from '../shapes.ts';
import { plain, printTable } from '../table.ts';
import { named, type Parameters, withParameters } from './runbook/parameters.ts';
import { testCommand } from './runbook/test.ts';
import { printRun } from './runs.ts';

interface Options {
  incident?: string;
  reason?: string;
  wait?: boolean;
  dryRun?: boolean;
}

/** `runbook list|plan|run|record|test`: what can be run, what it would do, doing it, how often it helped, and a rehearsal. */
export const addRunbook: AddCommand = (program, context) => {
  const runbook = subcommand('runbook', 'list runbooks, plan one without doing it, run one, or test a file');
  runbook.addCommand(listCommand(context)).addCommand(planCommand(context)).addCommand(runCommand(context));
  runbook.addCommand(recordCommand(context)).addCommand(testCommand(context));
  program.addCommand(runbook);
};

function listCommand(context: CliContext): Command {
  return subcommand('list', 'list the runbooks').action(async () => {
    const runbooks = await context.readConfig<readonly RunbookJson[]>('runbooks', {}, async (config) => {
      const { createConfigApi } = await import('../config-api.ts');
      return createConfigApi(config).runbooks();
    });
    context.print(runbooks, () => printRunbooks(runbooks));
  });
}

function planCommand(context: CliContext): Command {
  const command = withParameters(subcommand('plan', 'say exactly what a runbook would do, without doing it'));
  return command.action(async (runbook: string, parameters: Parameters | [], options: Options) => {
    const request = { runbook, parameters: named(parameters), incident: options.incident ?? null };
    const plan = (await context.ask('plan', request)) as unknown as PlanJson;
    context.print(plan, () => planText(plan));
  });
}

function runCommand(context: CliContext): Command {
  const command = withParameters(subcommand('run', 'run a runbook; 0 when it was accepted, with --wait by its outcome'))
    .option('--wait', 'wait until it has ended')
    .option('--dry-run', 'only the plan and what looks; nothing is changed')
    .option('--reason <text>', 'why, for the record');
  return command.action(async (runbook: string, parameters: Parameters | [], options: Options) => {
    const args: Record<string, Json> = { runbook, parameters: named(parameters) };
    if (options.dryRun === true) args.dryRun = true;
    if (options.reason !== undefined) args.reason = options.reason;
    const about = options.incident === undefined ? {} : { incident: options.incident };
    const outcome = (await context.ask('submit', { verb: 'run', args, ...about })) as unknown as Outcome;
    const id = outcome.kind === 'done' ? (outcome.run ?? null) : null;
    if (options.wait !== true || id === null) {
      return context.print({ id, outcome: outcome.kind, text: outcome.text }, () => `${plain(outcome.text)}\n`);
    }
    const run = (await context.ask('wait', { id })) as unknown as RunJson;
    context.print(run, () => printRun(run));
    if (run.status !== 'succeeded' || run.verdict === 'worse') throw unsuccessful(run);
  });
}

function recordCommand(context: CliContext): Command {
  return subcommand('record', 'how often each runbook helped, by the alert it was run for').action(async () => {
    const records = await context.read('runbook-record', {}, (api) => api.runbookRecord());
    const rows = records.map(({ runbook, cause, runs, fixed, noEffect, worse, none }) => [
      ...[runbook, cause, String(runs), String(fixed), String(noEffect), String(worse), String(none)],
    ]);
    const head = ['RUNBOOK', 'ALERT', 'RUNS', 'FIXED', 'NO EFFECT', 'WORSE', 'NONE'];
    context.print(records, () => (rows.length === 0 ? 'No runbook has been run yet.\n' : printTable(head, rows)));
  });
}

function unsuccessful(run: RunJson): Error {
  const verdict = run.verdict === null ? '' : ` (${run.verdict})`;
  return refuse('RUN_UNSUCCESSFUL', `${run.id} ended ${run.status}${verdict}.`, `Look at: gianna-ops runs ${run.id}`);
}

function printRunbooks(runbooks: readonly RunbookJson[]): string {
  if (runbooks.length === 0) return 'No runbooks are configured.\n';
  const rows = runbooks.map(({ runbook, risk, parameters, summary }) => [
    runbook,
    risk,
    Object.entries(parameters)
      .map(([name, { required }]) => (required ? name : `[${name}]`))
      .join(' '),
    summary,
  ]);
  return printTable(['RUNBOOK', 'RISK', 'PARAMETERS', 'SUMMARY'], rows);
}
