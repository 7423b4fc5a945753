import { answerOf } from '../../render/answers/answer.ts';
import type { FormSpec } from '../form.ts';
import { selectField } from '../form-fields.ts';

/** Lets a rule run again that switched itself off. */
export const remediationOnForm: FormSpec = {
  verb: 'remediation-on',
  title: 'Let a rule run again',
  doing: 'Letting a rule run again',
  submits: () => 'Let it run again',
  right: 'admin',
  about: 'nothing',
  notWhen: [],
  mainField: 'rule',
  opensFor: async (rule) => ({ incident: null, version: null, given: { rule } }),
  fields: async ({ given }, deps) => {
    const off = (await deps.rules()).filter(({ state }) => state === 'off');
    if (off.length === 0) return answerOf(['No rule has switched itself off.']).blocks;
    const choices = off.map(({ rule, runbook, misses, mostMisses }) => {
      return { value: rule, text: `${rule} (${runbook}): ${misses} of ${mostMisses} runs did not help` };
    });
    const initial = given.rule ?? (choices.length === 1 ? choices[0]?.value : undefined);
    const hint = 'It runs by itself from now on, until it does not help again.';
    return [selectField({ name: 'rule', label: 'Rule', choices, initial, hint })];
  },
  read: (values) => {
    const rule = values.text('rule');
    return rule === '' ? { kind: 'wrong', errors: { rule: 'Choose one.' } } : { kind: 'ask', args: { rule } };
  },
};
