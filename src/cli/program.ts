import { randomBytes } from 'node:crypto';
import { type Command, CommanderError } from 'commander';
import { type ErrorReport, OpsError, reportError } from '../core/errors.ts';
import { RemoteError } from './client.ts';
import { addApprove, addDeny } from './commands/approve.ts';
import { addBlocks } from './commands/blocks.ts';
import { addCheck } from './commands/check.ts';
import { addCliToken } from './commands/cli-token.ts';
import { addAck, addResolve } from './commands/decide.ts';
import { addDrill, addDrills } from './commands/drill.ts';
import { addInbox } from './commands/inbox.ts';
import { addIncidents } from './commands/incidents.ts';
import { addJournal } from './commands/journal.ts';
import { addLeases } from './commands/leases.ts';
import { addOncall } from './commands/oncall.ts';
import { addPageTest } from './commands/page-test.ts';
import { addPaged } from './commands/paged.ts';
import { addProbe } from './commands/probe.ts';
import { addRemediation } from './commands/remediation.ts';
import { addReplay } from './commands/replay.ts';
import { addRunbook } from './commands/runbook.ts';
import { addRuns } from './commands/runs.ts';
import { addSilence } from './commands/silence.ts';
import { addSimulate } from './commands/simulate.ts';
import { addStart } from './commands/start.ts';
import { addStats } from './commands/stats.ts';
import { type AddCommand, type CliContext, type CliDeps, subcommand } from './context.ts';
import { createContext } from './create-context.ts';
import { plain } from './table.ts';

const DONE = 0;
const FAILED = 1;
const MISUSE = 2;

const COMMANDS: readonly AddCommand[] = [
  addStart,
  addCheck,
  addIncidents,
  addAck,
  addResolve,
  addInbox,
  addProbe,
  addRunbook,
  addRuns,
  addApprove,
  addDeny,
  addLeases,
  addBlocks,
  addRemediation,
  addOncall,
  addPageTest,
  addSimulate,
  addPaged,
  addDrill,
  addDrills,
  addSilence,
  addStats,
  addReplay,
  addJournal,
  addCliToken,
];

/**
 * The command line of the project: `argv` without node and script. Resolves with the exit code: 0 done, 1 failed,
 * 2 misuse (DESIGN.md, Contracts, CLI). Every failure is on stderr, as JSON with `--json`.
 */
export async function runCli(argv: readonly string[], deps: CliDeps): Promise<number> {
  let code = DONE;
  const wantsJson = argv.includes('--json');
  const context = createContext(deps, wantsJson, (wanted) => {
    code = wanted;
  });
  try {
    await createProgram(context, wantsJson).parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return misuse(error, deps, wantsJson);
    printFailure(failureOf(error), deps, wantsJson);
    if (isBug(error) && deps.env.GIANNA_LOG_LEVEL === 'debug') deps.stderr.write(`${stackOf(error)}\n`);
    return FAILED;
  }
}

function createProgram(context: CliContext, wantsJson: boolean): Command {
  const program = subcommand('gianna-ops', 'The operations desk of a service, inside Slack.');
  // An option belongs to the subcommand that it follows: `oncall --schedule` is not `oncall override --schedule`.
  program.enablePositionalOptions();
  for (const add of COMMANDS) add(program, context);
  configure(program, context, wantsJson);
  return program;
}

/** Errors and output go where they were asked to go, in every subcommand: commander copies nothing to added ones. */
function configure(command: Command, context: CliContext, wantsJson: boolean): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => context.stdout.write(text),
    writeErr: (text) => {
      if (!wantsJson) context.stderr.write(text);
    },
    outputError: (text, write) => {
      if (!wantsJson) write(text);
    },
  });
  for (const inner of command.commands) configure(inner, context, wantsJson);
}

function misuse(error: CommanderError, deps: CliDeps, wantsJson: boolean): number {
  if (error.exitCode === 0) return DONE;
  const message = isHelp(error) ? 'A subcommand is missing.' : error.message.replace(/^error: /, '').trim();
  const remedy = 'See: gianna-ops help';
  if (wantsJson) {
    const report: ErrorReport = { error: { code: 'USAGE', message, remedy, reference: reference() } };
    printFailure(report, deps, true);
  }
  return MISUSE;
}

/** commander shows its help where a subcommand is missing, and names that in no message. */
function isHelp({ code }: CommanderError): boolean {
  return code === 'commander.help';
}

function failureOf(error: unknown): ErrorReport {
  if (error instanceof RemoteError) return error.report;
  const report = reportError(error, reference());
  if (!isBug(error)) return report;
  // This process keeps no log that a reference could be looked up in.
  return { error: { ...report.error, remedy: 'Try again with GIANNA_LOG_LEVEL=debug to see where.' } };
}

function printFailure(report: ErrorReport, { stderr }: CliDeps, wantsJson: boolean): void {
  const { message, remedy } = report.error;
  stderr.write(wantsJson ? `${JSON.stringify(report)}\n` : `✖ ${plain(message)}\n  ${plain(remedy)}\n`);
}

function isBug(error: unknown): boolean {
  return !(error instanceof RemoteError) && !(error instanceof OpsError && error.family !== 'bug');
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function reference(): string {
  return randomBytes(4).toString('hex');
}
