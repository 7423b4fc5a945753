import { formatDuration } from '../../../core/duration.ts';
import { CHOICES } from '../../commands/spans.ts';
import type { FormSpec } from '../form.ts';
import { aboutField, type Choice, reasonField, selectField, wrongReason } from '../form-fields.ts';

/** Pauses the pages of an incident. */
export const snoozeForm: FormSpec = {
  verb: 'snooze',
  title: 'Snooze',
  doing: 'Snoozing',
  submits: ({ incident }) => `Snooze ${incident?.id ?? ''}`.trim(),
  right: 'R1',
  about: 'incident',
  notWhen: ['resolved', 'closed'],
  mainField: 'seconds',
  fields: ({ incident, given }) => [
    ...(incident === null ? [] : [aboutField(incident)]),
    selectField({
      name: 'seconds',
      label: 'For how long',
      choices: lengthChoices(CHOICES, given.seconds),
      initial: given.seconds,
      hint: 'Pages pause; the incident stays visible, and wakes by itself.',
    }),
    reasonField(given.reason),
  ],
  read: (values) => {
    const [seconds, reason] = [Number(values.text('seconds')), values.text('reason')];
    const why = wrongReason(reason);
    const isLong = Number.isSafeInteger(seconds) && seconds > 0;
    const errors = { ...(isLong ? {} : { seconds: 'Choose how long.' }), ...(why === null ? {} : { reason: why }) };
    return Object.keys(errors).length > 0 ? { kind: 'wrong', errors } : { kind: 'ask', args: { seconds, reason } };
  },
};

/** Lengths of time to choose from, with one that was asked for already. */
export function lengthChoices(choices: readonly number[], given: string | undefined): Choice[] {
  const asked = Number(given);
  const all = Number.isSafeInteger(asked) && asked > 0 ? [...choices, asked] : choices;
  return [...new Set(all)]
    .sort((one, other) => one - other)
    .map((seconds) => ({ value: String(seconds), text: formatDuration(seconds) }));
}
