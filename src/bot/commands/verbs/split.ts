import { wrongReason } from '../../modals/form-fields.ts';
import { splitForm } from '../../modals/forms/split.ts';
import { readArguments } from '../arguments.ts';
import { changeOrAsk } from '../change-or-ask.ts';
import { saidReason } from '../said.ts';
import { readTargets } from '../targets.ts';
import { defineVerb, RESPONDER } from '../verb.ts';

interface SplitCommand {
  readonly verb: 'split';
  readonly incidents: readonly string[];
  readonly fingerprints: readonly string[];
  readonly reason: string | null;
}

const FINGERPRINT = /^[0-9a-f]{16}$/i;

/** `split ID [FINGERPRINT… REASON]`: takes alerts out into an incident of their own. */
export const splitVerb = defineVerb<SplitCommand>({
  verb: 'split',
  about: 'incident',
  group: 'Incidents',
  usage: 'split ID [FINGERPRINT… REASON]',
  says: 'take alerts out into one of their own',
  examples: ['split 42'],
  risk: 'R1',
  who: RESPONDER,
  aliases: ['part', 'take-out'],
  parse: (rest, context) => {
    const targets = readTargets('split', rest, context);
    if (targets.kind !== 'targets') return targets;
    const { positional, options, unknown } = readArguments(targets.rest, { reason: 'text' });
    if (unknown !== null) return { kind: 'unknown', what: 'option', word: unknown, suggestions: ['reason'] };
    const end = positional.findIndex(({ word }) => !FINGERPRINT.test(word));
    const named = end < 0 ? positional : positional.slice(0, end);
    const fingerprints = [...new Set(named.map(({ word }) => word.toLowerCase()))];
    const reason = saidReason(options.get('reason'), positional.slice(named.length));
    return { kind: 'command', command: { verb: 'split', incidents: targets.incidents, fingerprints, reason } };
  },
  execute: ({ incidents, fingerprints, reason }, asker, deps) => {
    const isWhole = fingerprints.length > 0 && reason !== null && wrongReason(reason) === null;
    return changeOrAsk(
      splitForm,
      { incidents, args: isWhole ? { fingerprints, reason } : null, given: { reason } },
      asker,
      deps,
    );
  },
});
