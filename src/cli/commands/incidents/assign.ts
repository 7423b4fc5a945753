import type { Command } from 'commander';
import { type CliContext, subcommand } from '../../context.ts';
import { readIncidentId } from '../../ids.ts';
import { actOn } from './act.ts';

/** `incidents assign GI-n ana`: somebody owns it from now on; its pages stop. */
export function assignCommand(context: CliContext): Command {
  return subcommand('assign', 'give an incident to somebody: its pages stop, and they are told')
    .argument('<incident>', 'GI-<n>', readIncidentId)
    .argument('<person>', 'a name of oncall.yml, or a Slack id that stands there')
    .action((incident: string, to: string) => actOn(context, { verb: 'assign', incident, args: { to } }));
}
