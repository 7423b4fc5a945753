import type { FormSpec } from '../form.ts';
import { reasonField, wrongReason } from '../form-fields.ts';
import { leaseFields, leaseIn, noLease, requestOfLease } from './lease-choice.ts';

/** Gives a lease up that could not be reverted; nothing on the host is touched. */
export const abandonLeaseForm: FormSpec = {
  verb: 'lease-abandon',
  title: 'Give a lease up',
  doing: 'Giving a lease up',
  submits: () => 'Give it up',
  right: 'R1',
  about: 'either',
  notWhen: [],
  mainField: 'lease',
  opensFor: requestOfLease,
  fields: async (subject, deps) => {
    const fields = await leaseFields('What is not reverted', ({ state }) => state === 'failed', subject, deps);
    if (fields === null) return noLease('Everything that was held until now was reverted.');
    const warning = '⚠️ Nothing on the host is touched: what it changed stays, unless somebody reverted it by hand.';
    return [...noLease(warning), ...fields, reasonField(subject.given.reason)];
  },
  read: async (values, _subject, deps) => {
    const lease = await leaseIn(values, deps);
    const reason = values.text('reason');
    const why = wrongReason(reason);
    if (lease === null) return { kind: 'wrong', errors: { lease: 'It is over already.' } };
    if (why !== null) return { kind: 'wrong', errors: { reason: why } };
    return { kind: 'ask', args: { lease: lease.id, reason } };
  },
};
