import type { Command } from 'commander';
import type { Outcome } from '../../core/command.ts';
import { type AddCommand, type CliContext, subcommand } from '../context.ts';
import { readIncidentId } from '../ids.ts';
import { plain } from '../table.ts';

/** `ack GI-n`: takes an incident; its pages stop. */
export const addAck: AddCommand = (program, context) => {
  program.addCommand(decision('ack', 'acknowledge an incident: its pages stop', context));
};

/** `resolve GI-n`: ends an incident. */
export const addResolve: AddCommand = (program, context) => {
  program.addCommand(decision('resolve', 'resolve an incident', context));
};

function decision(verb: 'ack' | 'resolve', summary: string, context: CliContext): Command {
  return subcommand(verb, summary)
    .argument('<incident>', 'GI-<n>', readIncidentId)
    .action(async (incident: string) => {
      const outcome = (await context.ask('submit', { verb, incident, args: {} })) as unknown as Outcome;
      const text = outcome.text;
      context.print({ incident, outcome: outcome.kind, text }, () => `${plain(text)}\n`);
    });
}
