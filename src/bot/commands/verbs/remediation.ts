import { remediationOnForm } from '../../modals/forms/remediation-on.ts';
import { openForm } from '../../modals/open-form.ts';
import { renderRules } from '../../render/answers/rules.ts';
import { defineVerb, EVERYBODY, type ParsedAs } from '../verb.ts';
import { nameOfWord, type Word } from '../words.ts';

interface RemediationCommand {
  readonly verb: 'remediation';
  /** The rule that is to run again; `list`: none. */
  readonly what: { readonly kind: 'list' } | { readonly kind: 'on'; readonly rule: string | null };
}

/** `remediation`, `remediation on RULE`: rules that run of themselves; letting one run again is confirmed in a form. */
export const remediationVerb = defineVerb<RemediationCommand>({
  verb: 'remediation',
  about: null,
  group: 'Act',
  usage: 'remediation | remediation on RULE',
  says: 'rules that run of themselves: which are on, why one is off, letting it run again',
  examples: ['remediation', 'remediation on restart-when-down'],
  risk: 'R1',
  who: `admin; to list: ${EVERYBODY}`,
  aliases: ['rules'],
  isMinor: true,
  parse,
  execute: async ({ what }, asker, deps) => {
    if (what.kind === 'list') return asker.answer(renderRules(await deps.rules()));
    const given = what.rule === null ? {} : { rule: what.rule };
    return openForm(remediationOnForm, { incident: null, version: null, given }, asker, deps);
  },
});

function parse([first, named, surplus]: readonly Word[]): ParsedAs<RemediationCommand> {
  const act = nameOfWord(first?.word ?? 'list');
  if (surplus !== undefined) return { kind: 'surplus', verb: 'remediation', word: surplus.word };
  if (act === 'on')
    return { kind: 'command', command: { verb: 'remediation', what: { kind: 'on', rule: named?.word ?? null } } };
  if (act !== 'list' && act !== 'ls') {
    return { kind: 'unknown', what: 'option', word: first?.word ?? '', suggestions: ['list', 'on'] };
  }
  if (named !== undefined) return { kind: 'surplus', verb: 'remediation', word: named.word };
  return { kind: 'command', command: { verb: 'remediation', what: { kind: 'list' } } };
}
