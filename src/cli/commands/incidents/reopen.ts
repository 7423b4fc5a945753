import type { Command } from 'commander';
import { type CliContext, subcommand } from '../../context.ts';
import { readIncidentId } from '../../ids.ts';
import { actOn, REASON, type Reasoned } from './act.ts';

/** `incidents reopen GI-n`: it was not over. */
export function reopenCommand(context: CliContext): Command {
  return subcommand('reopen', 'open a resolved incident again, or a new one in place of a closed one')
    .argument('<incident>', 'GI-<n>', readIncidentId)
    .requiredOption(...REASON)
    .action((incident: string, { reason }: Reasoned) => actOn(context, { verb: 'reopen', incident, args: { reason } }));
}
