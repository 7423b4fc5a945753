import type { Command } from 'commander';
import { type CliContext, subcommand } from '../../context.ts';
import { argsOf, type Laid, lay, withSpan } from './lay.ts';

/** `oncall swap ANA BEN`: two exchange their next shifts, or all that they have in a span. */
export function swapCommand(context: CliContext): Command {
  const command = subcommand('swap', 'two people exchange their next shifts, or all they have in a span');
  command.argument('<person>', 'somebody of oncall.yml').argument('<with>', 'somebody else');
  return withSpan(command).action((person: string, other: string, laid: Laid) =>
    lay(context, 'swap', { person, with: other, ...argsOf(laid) }),
  );
}
