import type { Command } from 'commander';
import { type CliContext, subcommand } from '../../context.ts';
import { readIncidentId } from '../../ids.ts';
import { actOn, REASON, type Reasoned } from './act.ts';

/** `incidents severity GI-n P1`: up starts the new policy, down goes on by it. */
export function severityCommand(context: CliContext): Command {
  return subcommand('severity', 'change the severity of an incident, up or down')
    .argument('<incident>', 'GI-<n>', readIncidentId)
    .argument('<severity>', 'P0, P1, P2 or P3')
    .requiredOption(...REASON)
    .action((incident: string, to: string, { reason }: Reasoned) =>
      actOn(context, { verb: 'severity', incident, args: { to, reason } }),
    );
}
