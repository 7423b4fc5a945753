import type { FormSpec } from '../form.ts';
import { aboutField, textField } from '../form-fields.ts';

/** Longest note, in characters. */
const LONGEST_NOTE = 3_000;

/** Writes something down in the timeline. */
export const noteForm: FormSpec = {
  verb: 'note',
  title: 'Add a note',
  doing: 'Writing a note',
  submits: () => 'Add the note',
  right: 'R1',
  about: 'incident',
  notWhen: [],
  mainField: 'text',
  fields: ({ incident, given }) => [
    ...(incident === null ? [] : [aboutField(incident)]),
    textField({
      name: 'text',
      label: 'What happened, what you saw',
      max: LONGEST_NOTE,
      initial: given.text,
      isMultiline: true,
      hint: 'Goes into the timeline with your name.',
    }),
  ],
  read: (values) => {
    const text = values.text('text');
    if (text === '') return { kind: 'wrong', errors: { text: 'Write something.' } };
    return { kind: 'ask', args: { text } };
  },
};
