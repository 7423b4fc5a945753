import type { Desk } from '../../listen/deps.ts';
import type { FormSpec } from '../form.ts';
import { aboutField, type Choice, selectField, textField } from '../form-fields.ts';

/** Longest message, in characters. */
export const LONGEST_MESSAGE = 1_000;

/** Pages somebody by name, now. */
export const escalateForm: FormSpec = {
  verb: 'escalate',
  title: 'Escalate',
  doing: 'Escalating',
  submits: ({ incident }) => `Escalate ${incident?.id ?? ''}`.trim(),
  right: 'R1',
  about: 'incident',
  notWhen: ['resolved', 'closed'],
  mainField: 'to',
  fields: ({ incident, given }, deps) => [
    ...(incident === null ? [] : [aboutField(incident)]),
    selectField({
      name: 'to',
      label: 'To whom',
      choices: escalationChoices(deps),
      initial: given.to,
      hint: 'They are paged now, whatever the policy says.',
    }),
    textField({
      name: 'message',
      label: 'Message',
      max: LONGEST_MESSAGE,
      initial: given.message,
      isOptional: true,
      isMultiline: true,
    }),
  ],
  read: (values, _subject, deps) => {
    const [to, message] = [values.text('to'), values.text('message')];
    if (!escalationChoices(deps).some(({ value }) => value === to)) {
      return { kind: 'wrong', errors: { to: 'Choose somebody.' } };
    }
    return { kind: 'ask', args: message === '' ? { to } : { to, message } };
  },
};

/** Everybody who can be paged by name: schedules, contacts, people. */
export function escalationChoices(deps: Desk): Choice[] {
  const { people, schedules, contacts } = deps.config.current().oncall;
  return [
    ...Object.keys(schedules).map((name) => ({ value: `schedule:${name}`, text: `${name} (on call)` })),
    ...Object.keys(contacts).map((name) => ({ value: `contact:${name}`, text: `${name} (contact)` })),
    ...Object.keys(people).map((name) => ({ value: `person:${name}`, text: deps.directory.nameOf(name) })),
  ];
}
