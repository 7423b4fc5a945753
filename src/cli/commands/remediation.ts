import type { Outcome } from '../../core/command.ts';
import type { ListedRule } from '../../runbooks/remediation/list.ts';
import { type AddCommand, subcommand } from '../context.ts';
import { plain, printTable } from '../table.ts';

/** `remediation`: rules that run of themselves; `remediation on RULE`: one that switched itself off may run again. */
export const addRemediation: AddCommand = (program, context) => {
  const command = subcommand('remediation', 'list the rules of policy.yml that run of themselves');
  command.action(async () => {
    const rules = (await context.ask('rules', {})) as unknown as ListedRule[];
    context.print(rules, () => printRules(rules));
  });
  const on = subcommand('on', 'let a rule run again that switched itself off; for admins').argument(
    '<rule>',
    'its name',
  );
  on.action(async (rule: string) => {
    const { kind, text } = (await context.ask('submit', {
      verb: 'remediation-on',
      args: { rule },
    })) as unknown as Outcome;
    context.print({ rule, outcome: kind, text }, () => `${plain(text)}\n`);
  });
  program.addCommand(command.addCommand(on));
};

function printRules(rules: readonly ListedRule[]): string {
  if (rules.length === 0) return 'Nothing runs of itself: policy.yml has no rule under remediation.\n';
  return printTable(
    ['RULE', 'STATE', 'RUNBOOK', 'THIS HOUR', 'MISSES', 'RUNS', 'NOW'],
    rules.map(({ rule, state, runbook, lastHour, mostPerHour, misses, mostMisses, runs, open }) => [
      rule,
      state === 'disabled' ? 'off by policy.yml' : state === 'off' ? 'switched itself off' : 'on',
      runbook,
      `${lastHour} of ${mostPerHour}`,
      `${misses} of ${mostMisses}`,
      String(runs),
      open.map(({ run, incident }) => `${run ?? 'a run'} for ${incident}`).join(', ') || '-',
    ]),
  );
}
