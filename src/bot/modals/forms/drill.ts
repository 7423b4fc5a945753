import type { Desk } from '../../listen/deps.ts';
import type { FormSpec } from '../form.ts';
import { selectField, textField } from '../form-fields.ts';
import { serviceFields, severityChoices } from './open.ts';

const LONGEST_NOTE = 200;
const HOW = [
  { value: 'real', text: 'For real: people are paged' },
  { value: 'paper', text: 'On paper: nobody is paged' },
];

/** Opens a drill. Only ever by this form: a line of text must not page people for nothing. */
export const drillForm: FormSpec = {
  verb: 'drill',
  title: 'Open a drill',
  doing: 'Opening a drill',
  submits: () => 'Open the drill',
  right: 'drill',
  about: 'nothing',
  notWhen: [],
  mainField: 'severity',
  fields: ({ given }, deps) => [
    selectField({
      name: 'severity',
      label: 'Whose policy is tried out',
      choices: pagedSeverities(deps),
      initial: given.severity,
      hint: 'Decides who is paged, and when.',
    }),
    selectField({ name: 'how', label: 'How', choices: HOW, initial: given.how }),
    ...serviceFields(given.service, deps),
    textField({ name: 'note', label: 'What the title says', max: LONGEST_NOTE, initial: given.note, isOptional: true }),
  ],
  read: (values, _subject, deps) => {
    const [severity, how, service, note] = ['severity', 'how', 'service', 'note'].map((name) => values.text(name));
    const errors = {
      ...(pagedSeverities(deps).some(({ value }) => value === severity) ? {} : { severity: 'Choose a severity.' }),
      ...(HOW.some(({ value }) => value === how) ? {} : { how: 'Choose whether people are paged.' }),
    };
    if (Object.keys(errors).length > 0) return { kind: 'wrong', errors };
    const args = { severity: severity ?? '', paper: how === 'paper' };
    return { kind: 'ask', args: { ...args, ...(service ? { service } : {}), ...(note ? { note } : {}) } };
  },
};

/** Severities that page somebody. */
function pagedSeverities(deps: Pick<Desk, 'config'>) {
  const { severities } = deps.config.current();
  return severityChoices(deps).filter(({ value }) => !severities[value].digest && severities[value].levels.length > 0);
}
