import type { FormSpec } from '../form.ts';
import { reasonField, wrongReason } from '../form-fields.ts';
import { leaseFields, leaseIn, noLease, requestOfLease } from './lease-choice.ts';

/** Takes back now what is held until a time: the undo of its run's step, under the rules of every undo. */
export const endLeaseForm: FormSpec = {
  verb: 'lease-end',
  title: 'Take it back now',
  doing: 'Taking it back',
  submits: () => 'Undo now',
  right: 'R1',
  about: 'either',
  notWhen: [],
  mainField: 'lease',
  opensFor: requestOfLease,
  fields: async (subject, deps) => {
    const fields = await leaseFields('What is taken back', ({ state }) => state !== 'ending', subject, deps);
    if (fields === null) return noLease('Nothing is held that could be taken back.');
    return [...fields, reasonField(subject.given.reason, true)];
  },
  read: async (values, { incident }, deps) => {
    const lease = await leaseIn(values, deps);
    const reason = values.text('reason');
    const why = wrongReason(reason, true);
    if (lease === null) return { kind: 'wrong', errors: { lease: 'It is over already.' } };
    if (why !== null) return { kind: 'wrong', errors: { reason: why } };
    const { run, step } = lease;
    const args = { steps: [step], ...(reason === '' ? {} : { reason }) };
    return { kind: 'ask', args, run, instead: { verb: 'undo', incident } };
  },
};
