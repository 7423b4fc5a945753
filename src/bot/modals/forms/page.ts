import { SEVERITIES } from '../../../core/config/config.ts';
import type { Desk } from '../../listen/deps.ts';
import type { FormRead, FormSpec } from '../form.ts';
import { type Choice, selectField, textField } from '../form-fields.ts';
import { escalationChoices, LONGEST_MESSAGE } from './escalate.ts';
import { LONGEST_TITLE, severityChoices, wrongTitle } from './open.ts';

/** Of the choices of `about`: none of those that are open. */
const NEW = 'new';
const MOST_INCIDENTS = 50;

/** Pages somebody by name, about an incident that is open or about a new one. */
export const pageForm: FormSpec = {
  verb: 'page',
  title: 'Page somebody',
  doing: 'Paging somebody',
  submits: () => 'Page now',
  right: 'R1',
  about: 'nothing',
  notWhen: [],
  mainField: 'to',
  fields: async ({ given }, deps) => [
    selectField({
      name: 'to',
      label: 'Whom',
      choices: escalationChoices(deps),
      initial: given.to,
      hint: 'Paged now, whatever the policy says.',
    }),
    selectField({ name: 'about', label: 'About', choices: await incidentChoices(deps), initial: given.about ?? NEW }),
    selectField({
      name: 'severity',
      label: 'How bad, when it is new',
      choices: severityChoices(deps),
      initial: given.severity,
      isOptional: true,
      hint: 'A new incident also pages by its severity.',
    }),
    textField({
      name: 'message',
      label: 'What is wrong',
      max: LONGEST_MESSAGE,
      initial: given.message,
      isMultiline: true,
      hint: 'Its first line is the title of a new incident.',
    }),
  ],
  read: async (values, _subject, deps) => {
    const [to, about] = [values.text('to'), values.text('about')];
    const [severity, message] = [values.text('severity'), values.text('message')];
    if (!escalationChoices(deps).some(({ value }) => value === to)) return wrong('to', 'Choose somebody.');
    if (about === NEW) return readNew({ to, severity, message });
    const incident = await deps.incident(about);
    if (incident === null || ['resolved', 'closed'].includes(incident.status)) {
      return wrong('about', 'Choose an incident that is open, or a new one.');
    }
    const args = message === '' ? { to } : { to, message };
    return { kind: 'ask', args, instead: { verb: 'escalate', incident } };
  },
};

function readNew({ to, severity, message }: { to: string; severity: string; message: string }): FormRead {
  if (!SEVERITIES.some((each) => each === severity)) return wrong('severity', 'Choose how bad it is.');
  const title = (message.split('\n')[0] ?? '').trim().slice(0, LONGEST_TITLE);
  const problem = wrongTitle(title);
  if (problem !== null) return wrong('message', problem);
  return {
    kind: 'ask',
    args: { title, severity, ...(message === title ? {} : { description: message }) },
    instead: { verb: 'open', incident: null },
    next: ({ incident }) => (incident === undefined ? null : { verb: 'escalate', incident, args: { to, message } }),
  };
}

function wrong(field: string, text: string): FormRead {
  return { kind: 'wrong', errors: { [field]: text } };
}

/** A new one first, then those that are open. */
async function incidentChoices(deps: Desk): Promise<Choice[]> {
  const open = (await deps.listIncidents()).filter(({ status }) => !['resolved', 'closed'].includes(status));
  const choices = open.slice(0, MOST_INCIDENTS).map(({ id, about }) => ({ value: id, text: `${id} ${about.title}` }));
  return [{ value: NEW, text: 'A new incident' }, ...choices];
}
