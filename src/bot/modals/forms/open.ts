import { SEVERITIES } from '../../../core/config/config.ts';
import type { Desk } from '../../listen/deps.ts';
import type { FormSpec } from '../form.ts';
import { selectField, textField } from '../form-fields.ts';

const SHORTEST_TITLE = 3;
/** Longest title of an incident that a person opens, in characters. */
export const LONGEST_TITLE = 200;
const LONGEST_DESCRIPTION = 2_000;

/** Opens an incident by hand. */
export const openIncidentForm: FormSpec = {
  verb: 'open',
  title: 'Open an incident',
  doing: 'Opening an incident',
  submits: () => 'Open the incident',
  right: 'R1',
  about: 'nothing',
  notWhen: [],
  mainField: 'title',
  fields: ({ given }, deps) => [
    textField({ name: 'title', label: 'What is wrong', max: LONGEST_TITLE, initial: given.title }),
    selectField({
      name: 'severity',
      label: 'How bad',
      choices: severityChoices(deps),
      initial: given.severity,
      hint: 'Decides who is paged, and when.',
    }),
    ...serviceFields(given.service, deps),
    textField({
      name: 'description',
      label: 'What is known',
      max: LONGEST_DESCRIPTION,
      initial: given.description,
      isOptional: true,
      isMultiline: true,
    }),
  ],
  read: (values, _subject, deps) => {
    const [title, severity] = [values.text('title'), values.text('severity')];
    const [service, description] = [values.text('service'), values.text('description')];
    const errors = {
      ...(wrongTitle(title) === null ? {} : { title: wrongTitle(title) ?? '' }),
      ...(SEVERITIES.some((each) => each === severity) ? {} : { severity: 'Choose how bad it is.' }),
      ...(service === '' || Object.hasOwn(deps.config.current().services, service)
        ? {}
        : { service: 'There is no such service any more.' }),
    };
    if (Object.keys(errors).length > 0) return { kind: 'wrong', errors };
    return {
      kind: 'ask',
      args: {
        title,
        severity,
        ...(service === '' ? {} : { service }),
        ...(description === '' ? {} : { description }),
      },
    };
  },
};

/** What is wrong with a title; null: nothing. */
export function wrongTitle(title: string): string | null {
  if (title.length >= SHORTEST_TITLE && title.length <= LONGEST_TITLE) return null;
  return `Say what is wrong in ${SHORTEST_TITLE} to ${LONGEST_TITLE} characters.`;
}

/** The severities with the names that the configuration gives them. */
export function severityChoices(deps: Pick<Desk, 'config'>) {
  const { severities } = deps.config.current();
  return SEVERITIES.map((severity) => ({ value: severity, text: `${severity} ${severities[severity].name}` }));
}

/** Picks a service of hosts.yml; without any there is nothing to pick. */
export function serviceFields(given: string | undefined, deps: Desk) {
  const choices = Object.keys(deps.config.current().services).map((name) => ({ value: name, text: name }));
  if (choices.length === 0) return [];
  return [selectField({ name: 'service', label: 'Service', choices, initial: given, isOptional: true })];
}
