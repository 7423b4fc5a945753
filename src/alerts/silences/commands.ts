/**
 * What people ask of silences: `silence`, `silence-extend` and `lift` come in; a batch with the event and the effect
 * that asks Alertmanager goes out, or a refusal. Decided on the store alone: the network is the effect's.
 */
import type { Command } from '../../core/command.ts';
import { decideChange } from './decide-change.ts';
import { decideRequest } from './decide-request.ts';
import type { CommandDeps, Decided, SilenceDecision } from './decided.ts';
import type { SilenceRefusal } from './request.ts';

/** Verbs of commands that this folder decides. */
export const SILENCE_VERBS = ['silence', 'silence-extend', 'lift'] as const;
export type SilenceVerb = (typeof SILENCE_VERBS)[number];

/** Whether a command's verb is one of ours. */
export function isSilenceVerb(verb: string): verb is SilenceVerb {
  return SILENCE_VERBS.some((known) => known === verb);
}

/** Makes the handler of these commands. Refusals are outcomes, never exceptions. */
export function createSilenceCommands(deps: CommandDeps): (command: Command) => Promise<SilenceDecision> {
  return async (command) => {
    const { verb, incident, by } = command;
    if (!isSilenceVerb(verb)) {
      const remedy = 'See: silence list';
      return {
        batch: null,
        outcome: { kind: 'refused', code: 'VERB_UNKNOWN', text: 'That is nothing a silence can do.', remedy },
      };
    }
    const decided = await decideVerb(deps, command, verb);
    if ('code' in decided) {
      const { code, text, remedy } = decided;
      deps.metrics.refused(verb, code);
      deps.logger.info({ incident, verb, code }, 'command on a silence refused');
      return { batch: null, outcome: { kind: 'refused', code, text, remedy } };
    }
    if ('outcome' in decided) return decided;
    deps.logger.info({ silence: decided.id, incident, verb, by }, 'command on a silence decided');
    const about = incident === undefined ? {} : { incident };
    return { batch: decided.batch, outcome: { kind: 'done', text: decided.text, silence: decided.id, ...about } };
  };
}

function decideVerb(
  deps: CommandDeps,
  command: Command,
  verb: SilenceVerb,
): Promise<Decided | SilenceRefusal | SilenceDecision> {
  switch (verb) {
    case 'silence':
      return decideRequest(deps, command);
    case 'silence-extend':
      return decideChange(deps, command, 'extend');
    case 'lift':
      return decideChange(deps, command, 'lift');
    default:
      return verb satisfies never;
  }
}
