import { type Command, InvalidArgumentError } from 'commander';
import type { OverrideJson } from '../../../oncall/overrides/override-json.ts';
import { type CliContext, subcommand } from '../../context.ts';
import { printTable, printTime } from '../../table.ts';
import { argsOf, type Laid, lay, withSpan } from './lay.ts';

/** `oncall override PERSON --for 4h`: somebody stands in. */
export function overrideCommand(context: CliContext): Command {
  const command = subcommand('override', 'somebody stands in for a while; says in place of whom');
  command.argument('<person>', 'somebody of oncall.yml');
  return withSpan(command).action((person: string, laid: Laid) =>
    lay(context, 'override', { person, ...argsOf(laid) }),
  );
}

/** `oncall override-remove OVR-n`: an override or a swap ends now. */
export function removeCommand(context: CliContext): Command {
  return subcommand('override-remove', 'end an override or a swap; what has passed stays as it was')
    .argument('<override>', 'OVR-<n>', readOverrideId)
    .action((id: string) => lay(context, 'override-remove', { id }));
}

/** `oncall overrides`: what stands or is planned. */
export function overridesCommand(context: CliContext): Command {
  return subcommand('overrides', 'overrides and swaps that stand or are planned')
    .option('--all', 'also those that are over or were removed')
    .action(async (options: { all?: boolean }) => {
      const all = options.all === true;
      const list = await context.read<readonly OverrideJson[]>('overrides', { all }, (api) => api.overrides({ all }));
      context.print(list, () => printList(list));
    });
}

function printList(list: readonly OverrideJson[]): string {
  if (list.length === 0) return 'Nobody stands in for anybody.\n';
  const rows = list.flatMap(({ id, schedule, status, turns, by, reason }) =>
    turns.map(({ people, from, to }) => [
      id,
      status,
      schedule,
      people.join(', '),
      printTime(from),
      printTime(to),
      by,
      reason,
    ]),
  );
  return printTable(['ID', 'STATUS', 'SCHEDULE', 'ON CALL', 'FROM', 'TO', 'BY', 'WHY'], rows);
}

function readOverrideId(text: string): string {
  const [, number] = /^(?:OVR-)?([1-9]\d*)$/i.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError('It is an id like OVR-1.');
  return `OVR-${number}`;
}
