import type { Command } from 'commander';
import { type CliContext, subcommand } from '../../context.ts';
import { readRunId } from '../../ids.ts';
import { actOnRun } from './act.ts';

/** What is done to a run that is under way or was broken off, and in which words. */
const ACTS = [
  ['stop', 'let the step under way end, and begin no other'],
  ['abort', 'break off the step under way, now'],
  ['continue', 'go on with a run that waits for a person'],
  ['skip', 'go on without the step it waits at'],
  ['resume', 'go on with a run that was broken off'],
  ['undo', 'take back what it did, as its runbook says'],
  ['abandon', 'leave everything as it is, and end it'],
] as const;

/** `runs stop|abort|continue|skip|resume|undo|abandon RUN-n`. */
export function runActs(context: CliContext): Command[] {
  return ACTS.map(([verb, summary]) =>
    subcommand(verb, summary)
      .argument('<run>', 'RUN-<n>', readRunId)
      .option('--reason <text>', 'why, for the record')
      .action((run: string, { reason }: { reason?: string }) =>
        actOnRun(context, { verb, run, args: reason === undefined ? {} : { reason } }),
      ),
  );
}

/** `runs break-glass RUN-n --reason TEXT`: starts a run that waits for a second person without one. Loud, and looked at afterwards. */
export function breakGlassCommand(context: CliContext): Command {
  return subcommand(
    'break-glass',
    'let a run begin without the second person it waits for: loud, and looked at afterwards',
  )
    .argument('<run>', 'RUN-<n>', readRunId)
    .requiredOption('--reason <text>', 'why it cannot wait')
    .action((run: string, { reason }: { reason: string }) =>
      actOnRun(context, { verb: 'break-glass', run, args: { reason } }),
    );
}
