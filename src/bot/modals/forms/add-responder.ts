import { onCallNow } from '../../commands/who-may.ts';
import type { FormSpec } from '../form.ts';
import { aboutField, selectField } from '../form-fields.ts';

/** Calls somebody in beside the owner. */
export const addResponderForm: FormSpec = {
  verb: 'add-responder',
  title: 'Add a responder',
  doing: 'Calling somebody in',
  submits: () => 'Page them',
  right: 'R1',
  about: 'incident',
  notWhen: ['resolved', 'closed'],
  mainField: 'person',
  fields: async ({ incident, given }, deps) => {
    const onCall = await onCallNow(deps);
    const known = Object.keys(deps.config.current().oncall.people);
    const people = known.filter((person) => incident?.responders.includes(person) !== true);
    const choices = people.map((person) => {
      const name = deps.directory.nameOf(person);
      return { value: person, text: onCall.includes(person) ? `${name} (on call)` : name };
    });
    return [
      ...(incident === null ? [] : [aboutField(incident)]),
      selectField({
        name: 'person',
        label: 'Whom to call in',
        choices,
        initial: given.person,
        hint: 'They are paged now, by direct message and in the thread. The owner stays.',
      }),
    ];
  },
  read: (values, _subject, deps) => {
    const person = values.text('person');
    const isKnown = Object.hasOwn(deps.config.current().oncall.people, person);
    return isKnown ? { kind: 'ask', args: { person } } : { kind: 'wrong', errors: { person: 'Choose somebody.' } };
  },
};
