import type { Command } from 'commander';
import { type CliContext, subcommand } from '../../context.ts';
import { readIncidentId } from '../../ids.ts';
import { actOn, REASON, type Reasoned } from './act.ts';

/** `incidents merge GI-n GI-m`: the first is the same trouble as the second. */
export function mergeCommand(context: CliContext): Command {
  return subcommand('merge', 'fold an incident beneath another one: no pages of its own')
    .argument('<incident>', 'GI-<n>', readIncidentId)
    .argument('<into>', 'GI-<m>', readIncidentId)
    .requiredOption(...REASON)
    .action((incident: string, into: string, { reason }: Reasoned) =>
      actOn(context, { verb: 'merge', incident, args: { into, reason } }),
    );
}

/** `incidents unmerge GI-n`: it stands on its own again. */
export function unmergeCommand(context: CliContext): Command {
  return subcommand('unmerge', 'take an incident out from beneath another one; it is not folded by itself again')
    .argument('<incident>', 'GI-<n>', readIncidentId)
    .option(...REASON)
    .action((incident: string, { reason }: Partial<Reasoned>) =>
      actOn(context, { verb: 'unmerge', incident, args: reason === undefined ? {} : { reason } }),
    );
}
