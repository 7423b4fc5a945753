import type { Command } from 'commander';
import { type CliContext, subcommand } from '../../context.ts';
import { readIncidentId } from '../../ids.ts';
import { actOn, REASON, type Reasoned } from './act.ts';

/** `incidents split GI-n FINGERPRINT…`: firing alerts get an incident of their own. */
export function splitCommand(context: CliContext): Command {
  return subcommand('split', 'give firing alerts an incident of their own; merge undoes it')
    .argument('<incident>', 'GI-<n>', readIncidentId)
    .argument('<fingerprints...>', 'of the alerts, as `incidents GI-<n>` lists them')
    .requiredOption(...REASON)
    .action((incident: string, fingerprints: string[], { reason }: Reasoned) =>
      actOn(context, { verb: 'split', incident, args: { fingerprints, reason } }),
    );
}
