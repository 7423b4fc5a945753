import { type AddCommand, subcommand } from '../context.ts';
import { readRunId } from '../ids.ts';
import { actOnRun } from './runs/act.ts';

/** `approve RUN-n [--hash HASH]`: the second person's word, for whoever presents a token. */
export const addApprove: AddCommand = (program, context) => {
  const command = subcommand('approve', 'agree, as a second person, to a run that waits for one; needs a token')
    .argument('<run>', 'RUN-<n>', readRunId)
    .option('--hash <hash>', 'of the plan that you agree to: another plan is refused');
  command.action((run: string, { hash }: { hash?: string }) =>
    actOnRun(context, { verb: 'approve', run, args: hash === undefined ? {} : { planHash: hash } }),
  );
  program.addCommand(command);
};

/** `deny RUN-n --reason TEXT`: a run that waits for a second person is not done. */
export const addDeny: AddCommand = (program, context) => {
  const command = subcommand('deny', 'refuse a run that waits for a second person; needs a token')
    .argument('<run>', 'RUN-<n>', readRunId)
    .requiredOption('--reason <text>', 'why not');
  command.action((run: string, { reason }: { reason: string }) =>
    actOnRun(context, { verb: 'deny', run, args: { reason } }),
  );
  program.addCommand(command);
};
