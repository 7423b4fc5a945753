/** What is said of an incident beside ack and resolve: not mine, I cannot, help, still on it, call in somebody. */
import type { Command } from 'commander';
import { type CliContext, subcommand } from '../../context.ts';
import { readIncidentId } from '../../ids.ts';
import { actOn, REASON, type Reasoned } from './act.ts';
import { readSeconds } from './seconds.ts';

/** `incidents unack GI-n`: nobody has it any more. */
export function unackCommand(context: CliContext): Command {
  return subcommand('unack', 'take an acknowledgement back: pages go on at the level they had reached')
    .argument('<incident>', 'GI-<n>', readIncidentId)
    .option(...REASON)
    .action((incident: string, { reason }: Partial<Reasoned>) =>
      actOn(context, { verb: 'unack', incident, args: reason === undefined ? {} : { reason } }),
    );
}

/** `incidents pass-on GI-n`: the next in line is paged. */
export function passOnCommand(context: CliContext): Command {
  return subcommand('pass-on', 'page the next in line now; it is no acknowledgement')
    .argument('<incident>', 'GI-<n>', readIncidentId)
    .action((incident: string) => actOn(context, { verb: 'pass-on', incident, args: {} }));
}

/** `incidents need-help GI-n`: the next level is paged. */
export function needHelpCommand(context: CliContext): Command {
  return subcommand('need-help', 'page the next level of the policy now')
    .argument('<incident>', 'GI-<n>', readIncidentId)
    .action((incident: string) => actOn(context, { verb: 'need-help', incident, args: {} }));
}

/** `incidents still-on-it GI-n [30m]`: the clock of the acknowledgement counts anew. */
export function stillOnItCommand(context: CliContext): Command {
  return subcommand('still-on-it', 'say that whoever acknowledged is still on it: nobody is asked for a while')
    .argument('<incident>', 'GI-<n>', readIncidentId)
    .argument('[duration]', 'for how long: 30m, 4h; as severities.yml says when absent', readSeconds)
    .action((incident: string, seconds: number | undefined) =>
      actOn(context, { verb: 'still-on-it', incident, args: seconds === undefined ? {} : { seconds } }),
    );
}

/** `incidents add-responder GI-n ben`: paged now, beside the owner. */
export function addResponderCommand(context: CliContext): Command {
  return subcommand('add-responder', 'call somebody in beside the owner: they are paged now')
    .argument('<incident>', 'GI-<n>', readIncidentId)
    .argument('<person>', 'a name of oncall.yml, or a Slack id that stands there')
    .action((incident: string, person: string) =>
      actOn(context, { verb: 'add-responder', incident, args: { person } }),
    );
}

/** `incidents escalate GI-n schedule:backup`: paged now, by name. */
export function escalateCommand(context: CliContext): Command {
  return subcommand('escalate', 'page a person, a schedule or a contact by name, now')
    .argument('<incident>', 'GI-<n>', readIncidentId)
    .argument('<to>', 'ana, schedule:backup, contact:manager')
    .option('--message <text>', 'what they are told')
    .action((incident: string, to: string, { message }: { readonly message?: string }) =>
      actOn(context, { verb: 'escalate', incident, args: message === undefined ? { to } : { to, message } }),
    );
}
