import type { Command } from 'commander';
import type { JsonObject } from '../../../core/json.ts';
import { type CliContext, subcommand } from '../../context.ts';
import { actOn } from './act.ts';

interface Options {
  severity: string;
  service?: string;
  description?: string;
}

/** `incidents open TITLE`: one without alerts, which only a person resolves. */
export function openCommand(context: CliContext): Command {
  return subcommand('open', 'open an incident by hand; only a person resolves it')
    .argument('<title>', 'what is wrong')
    .requiredOption('--severity <P0..P3>', 'how urgent it is')
    .option('--service <name>', 'service of hosts.yml; the default one when absent')
    .option('--description <text>', 'what is known so far')
    .action(async (title: string, { severity, service, description }: Options) => {
      const args: JsonObject = {
        title,
        severity,
        ...(service === undefined ? {} : { service }),
        ...(description === undefined ? {} : { description }),
      };
      await actOn(context, { verb: 'open', incident: null, args });
    });
}
