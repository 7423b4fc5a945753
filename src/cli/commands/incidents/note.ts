import type { Command } from 'commander';
import { type CliContext, subcommand } from '../../context.ts';
import { readIncidentId } from '../../ids.ts';
import { actOn } from './act.ts';

/** `incidents note GI-n TEXT`: a line of the timeline. */
export function noteCommand(context: CliContext): Command {
  return subcommand('note', 'write a note into the timeline of an incident')
    .argument('<incident>', 'GI-<n>', readIncidentId)
    .argument('<text>', 'what you saw')
    .action((incident: string, text: string) => actOn(context, { verb: 'note', incident, args: { text } }));
}
