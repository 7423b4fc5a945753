import { type Command, InvalidArgumentError } from 'commander';
import type { Outcome } from '../../../core/command.ts';
import { type CliContext, subcommand } from '../../context.ts';
import { plain } from '../../table.ts';

/** `oncall accept [HND-n]`: the shift that waits is taken, in the name of whoever is to come. */
export function acceptCommand(context: CliContext): Command {
  return subcommand(
    'accept',
    'accept a shift in the name of whoever is to come; the one that waits longest without an id',
  )
    .argument('[handoff]', 'HND-<n>', readHandoffId)
    .action(async (id: string | undefined) => {
      const args = id === undefined ? {} : { id };
      const { kind, text } = (await context.ask('submit', { verb: 'handoff-accept', args })) as unknown as Outcome;
      context.print({ outcome: kind, text }, () => `${plain(text)}\n`);
    });
}

function readHandoffId(text: string): string {
  const [, number] = /^(?:HND-)?([1-9]\d*)$/i.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError('It is an id like HND-1.');
  return `HND-${number}`;
}
