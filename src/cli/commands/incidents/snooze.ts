import type { Command } from 'commander';
import { type CliContext, subcommand } from '../../context.ts';
import { readIncidentId } from '../../ids.ts';
import { actOn, REASON, type Reasoned } from './act.ts';
import { readSeconds } from './seconds.ts';

/** `incidents snooze GI-n 30m`: no pages for a while. */
export function snoozeCommand(context: CliContext): Command {
  return subcommand('snooze', 'no pages for a while; it stays visible and wakes by itself')
    .argument('<incident>', 'GI-<n>', readIncidentId)
    .argument('<duration>', 'for how long: 30m, 4h', readSeconds)
    .requiredOption(...REASON)
    .action((incident: string, seconds: number, { reason }: Reasoned) =>
      actOn(context, { verb: 'snooze', incident, args: { seconds, reason } }),
    );
}

/** `incidents unsnooze GI-n`: pages go on. */
export function unsnoozeCommand(context: CliContext): Command {
  return subcommand('unsnooze', 'end a snooze: pages go on at the level they had reached')
    .argument('<incident>', 'GI-<n>', readIncidentId)
    .action((incident: string) => actOn(context, { verb: 'unsnooze', incident, args: {} }));
}
