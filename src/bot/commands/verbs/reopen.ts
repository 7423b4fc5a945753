import { wrongReason } from '../../modals/form-fields.ts';
import { reopenForm } from '../../modals/forms/reopen.ts';
import { readArguments } from '../arguments.ts';
import { changeOrAsk } from '../change-or-ask.ts';
import { saidReason } from '../said.ts';
import { readTargets } from '../targets.ts';
import { defineVerb, RESPONDER } from '../verb.ts';

interface ReopenCommand {
  readonly verb: 'reopen';
  readonly incidents: readonly string[];
  readonly reason: string | null;
}

/** `reopen ID REASON`: it is not over after all. */
export const reopenVerb = defineVerb<ReopenCommand>({
  verb: 'reopen',
  about: 'incident',
  group: 'Incidents',
  usage: 'reopen ID REASON',
  says: 'it is not over after all',
  examples: ['reopen 42 customers still see errors'],
  risk: 'R1',
  who: RESPONDER,
  aliases: ['re-open', 'unresolve'],
  parse: (rest, context) => {
    const targets = readTargets('reopen', rest, context);
    if (targets.kind !== 'targets') return targets;
    const { positional, options, unknown } = readArguments(targets.rest, { reason: 'text' });
    if (unknown !== null) return { kind: 'unknown', what: 'option', word: unknown, suggestions: ['reason'] };
    const reason = saidReason(options.get('reason'), positional);
    return { kind: 'command', command: { verb: 'reopen', incidents: targets.incidents, reason } };
  },
  execute: ({ incidents, reason }, asker, deps) => {
    const args = reason !== null && wrongReason(reason) === null ? { reason } : null;
    return changeOrAsk(reopenForm, { incidents, args, given: { reason } }, asker, deps);
  },
});
