import { refuse } from '../../core/errors.ts';
import { planText, SHORT_HASH } from '../../runbooks/plan-text.ts';
import { type AddCommand, type CliContext, subcommand } from '../context.ts';
import { readRunId } from '../ids.ts';
import { actOnRun } from './runs/act.ts';
import { planOf } from './runs/plan.ts';

/** `approve RUN-n --hash HASH`: the second person's word on the plan of that hash, for whoever presents a token; without one it shows the plan. */
export const addApprove: AddCommand = (program, context) => {
  const command = subcommand('approve', 'agree, as a second person, to a run that waits for one; needs a token')
    .argument('<run>', 'RUN-<n>', readRunId)
    .option('--hash <hash>', 'of the plan that you agree to; without it the plan is shown');
  command.action((run: string, { hash }: { hash?: string }) =>
    hash === undefined
      ? showUnseen(run, context)
      : actOnRun(context, { verb: 'approve', run, args: { planHash: hash } }),
  );
  program.addCommand(command);
};

/** Nobody agrees to what they have not seen. */
async function showUnseen(run: string, context: CliContext): Promise<never> {
  const plan = await planOf(run, context);
  context.print(plan, () => planText(plan));
  const hash = plan.hash.slice(0, SHORT_HASH);
  throw refuse(
    'PLAN_UNSEEN',
    `Nothing was approved: this is the plan of ${run}.`,
    `To agree: gianna-ops approve ${run} --hash ${hash}`,
  );
}

/** `deny RUN-n --reason TEXT`: a run that waits for a second person is not done. */
export const addDeny: AddCommand = (program, context) => {
  const command = subcommand(
    'deny',
    'refuse a run that waits for a second person, or withdraw what you asked for; needs a token, but for what was asked for without one',
  )
    .argument('<run>', 'RUN-<n>', readRunId)
    .requiredOption('--reason <text>', 'why not');
  command.action((run: string, { reason }: { reason: string }) =>
    actOnRun(context, { verb: 'deny', run, args: { reason } }),
  );
  program.addCommand(command);
};
