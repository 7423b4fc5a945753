import { wrongReason } from '../../modals/form-fields.ts';
import { mergeForm } from '../../modals/forms/merge.ts';
import { readArguments } from '../arguments.ts';
import { changeOrAsk } from '../change-or-ask.ts';
import { incidentOf } from '../ids.ts';
import { saidReason } from '../said.ts';
import { readTargets } from '../targets.ts';
import { defineVerb, type ParsedAs, RESPONDER, type VerbContext } from '../verb.ts';
import type { Word } from '../words.ts';

interface MergeCommand {
  readonly verb: 'merge';
  readonly incidents: readonly string[];
  readonly into: string | null;
  readonly reason: string | null;
}

/** `merge ID… into ID REASON`: makes incidents part of another one. */
export const mergeVerb = defineVerb<MergeCommand>({
  verb: 'merge',
  about: 'incident',
  group: 'Incidents',
  usage: 'merge ID… into ID REASON',
  says: 'make it part of another one; can be undone',
  examples: ['merge 42 into 17 same broken disk'],
  risk: 'R1',
  who: RESPONDER,
  aliases: ['join', 'duplicate'],
  parse,
  execute: ({ incidents, into, reason }, asker, deps) => {
    const isWhole = into !== null && reason !== null && wrongReason(reason) === null;
    return changeOrAsk(
      mergeForm,
      { incidents, args: isWhole ? { into, reason } : null, given: { into, reason } },
      asker,
      deps,
    );
  },
});

function parse(rest: readonly Word[], context: VerbContext): ParsedAs<MergeCommand> {
  const at = rest.findIndex(({ word }) => /^(into|with)$/i.test(word));
  const targets = readTargets('merge', at < 0 ? rest : rest.slice(0, at), context);
  if (targets.kind !== 'targets') return targets;
  const { incidents } = targets;
  const [surplus] = targets.rest;
  if (surplus !== undefined) return { kind: 'surplus', verb: 'merge', word: surplus.word };
  if (at < 0) return { kind: 'command', command: { verb: 'merge', incidents, into: null, reason: null } };
  const [target, ...words] = rest.slice(at + 1);
  const into = target === undefined ? null : incidentOf(target.word, context);
  if (target !== undefined && into === null) {
    return { kind: 'unknown', what: 'incident', word: target.word, suggestions: ['merge 42 into 17'] };
  }
  const { positional, options, unknown } = readArguments(words, { reason: 'text' });
  if (unknown !== null) return { kind: 'unknown', what: 'option', word: unknown, suggestions: ['reason'] };
  const reason = saidReason(options.get('reason'), positional);
  return { kind: 'command', command: { verb: 'merge', incidents, into, reason } };
}
