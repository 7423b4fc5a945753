import { CHOICES } from '../../commands/spans.ts';
import type { FormSpec } from '../form.ts';
import { reasonField, selectField, wrongReason } from '../form-fields.ts';
import { leaseFields, leaseIn, noLease, requestOfLease } from './lease-choice.ts';
import { lengthChoices } from './snooze.ts';

/** Holds a change for longer than it was to be held. */
export const renewLeaseForm: FormSpec = {
  verb: 'renew',
  title: 'Renew a lease',
  doing: 'Renewing a lease',
  submits: () => 'Hold it longer',
  right: 'R1',
  about: 'either',
  notWhen: [],
  mainField: 'lease',
  opensFor: requestOfLease,
  fields: async (subject, deps) => {
    const fields = await leaseFields('What is held', ({ state }) => state === 'active', subject, deps);
    if (fields === null) return noLease('Nothing is held that could be held longer.');
    const { seconds, reason } = subject.given;
    const choices = lengthChoices(CHOICES, seconds);
    return [
      ...fields,
      selectField({ name: 'seconds', label: 'For how long from now', choices, initial: seconds }),
      reasonField(reason, true),
    ];
  },
  read: async (values, _subject, deps) => {
    const lease = await leaseIn(values, deps);
    const seconds = Number(values.text('seconds'));
    const reason = values.text('reason');
    const why = wrongReason(reason, true);
    if (lease === null) return { kind: 'wrong', errors: { lease: 'It is over. Choose one that is held.' } };
    if (!Number.isSafeInteger(seconds) || seconds <= 0)
      return { kind: 'wrong', errors: { seconds: 'Choose how long.' } };
    if (why !== null) return { kind: 'wrong', errors: { reason: why } };
    return { kind: 'ask', args: { lease: lease.id, seconds, ...(reason === '' ? {} : { reason }) } };
  },
};
