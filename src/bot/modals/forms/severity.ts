import { SEVERITIES } from '../../../core/config/config.ts';
import type { FormSpec } from '../form.ts';
import { aboutField, reasonField, selectField, wrongReason } from '../form-fields.ts';
import { severityChoices } from './open.ts';

/** Changes how bad an incident is. */
export const severityForm: FormSpec = {
  verb: 'severity',
  title: 'Change severity',
  doing: 'Changing the severity',
  submits: () => 'Change the severity',
  right: 'R1',
  about: 'incident',
  notWhen: ['resolved', 'closed'],
  mainField: 'to',
  fields: ({ incident, given }, deps) => [
    ...(incident === null ? [] : [aboutField(incident)]),
    selectField({
      name: 'to',
      label: 'Severity from now on',
      choices: severityChoices(deps).filter(({ value }) => value !== incident?.severity),
      initial: given.to,
      hint: 'A raise pages by the policy of the new severity at once.',
    }),
    reasonField(given.reason),
  ],
  read: (values, { incident }) => {
    const [to, reason] = [values.text('to'), values.text('reason')];
    const why = wrongReason(reason);
    const isKnown = SEVERITIES.some((severity) => severity === to);
    const errors = {
      ...(isKnown && to !== incident?.severity ? {} : { to: isKnown ? `It is ${to} already.` : 'Choose one.' }),
      ...(why === null ? {} : { reason: why }),
    };
    return Object.keys(errors).length > 0 ? { kind: 'wrong', errors } : { kind: 'ask', args: { to, reason } };
  },
};
