import { onCallNow } from '../../commands/who-may.ts';
import type { Desk } from '../../listen/deps.ts';
import type { FormSpec, FormSubject } from '../form.ts';
import { aboutField, type Choice, selectField } from '../form-fields.ts';

/** Gives an incident to somebody. */
export const assignForm: FormSpec = {
  verb: 'assign',
  title: 'Assign',
  doing: 'Assigning',
  submits: ({ incident }) => `Assign ${incident?.id ?? ''}`.trim(),
  right: 'R1',
  about: 'incident',
  notWhen: ['resolved', 'closed'],
  mainField: 'to',
  fields: async (subject, deps) => [
    ...(subject.incident === null ? [] : [aboutField(subject.incident)]),
    selectField({
      name: 'to',
      label: 'Who owns it from now on',
      choices: await peopleChoices(subject, deps),
      initial: subject.given.to,
      hint: 'Pages stop, as when that person had pressed Ack.',
    }),
  ],
  read: (values, _subject, deps) => {
    const to = values.text('to');
    const isKnown = /^slack:[UW][A-Z0-9]{1,20}$/.test(to) || Object.hasOwn(deps.config.current().oncall.people, to);
    if (!isKnown) return { kind: 'wrong', errors: { to: 'Choose somebody.' } };
    return { kind: 'ask', args: { to } };
  },
};

/** The asker first, then who is on call, then everybody of oncall.yml. */
async function peopleChoices({ userId, given }: FormSubject, deps: Desk): Promise<Choice[]> {
  const { directory } = deps;
  const own = directory.personOf(userId) ?? `slack:${userId}`;
  const onCall = await onCallNow(deps);
  const people = [...new Set([own, ...(given.to === undefined ? [] : [given.to]), ...onCall, ...keysOfPeople(deps)])];
  return people.map((value) => {
    const name = directory.nameOf(value);
    const remarks = [...(value === own ? ['you'] : []), ...(onCall.includes(value) ? ['on call'] : [])];
    return { value, text: remarks.length === 0 ? name : `${name} (${remarks.join(', ')})` };
  });
}

function keysOfPeople(deps: Desk): string[] {
  return Object.keys(deps.config.current().oncall.people);
}
