import type { FormSpec } from '../form.ts';
import { aboutField, reasonField, wrongReason } from '../form-fields.ts';

/** Takes an acknowledgement back: pages go on. */
export const unackForm: FormSpec = {
  verb: 'unack',
  title: 'Un-acknowledge',
  doing: 'Un-acknowledging',
  submits: ({ incident }) => `Un-ack ${incident?.id ?? ''}`.trim(),
  right: 'R1',
  about: 'incident',
  notWhen: ['firing', 'recovered', 'resolved', 'closed'],
  mainField: 'reason',
  fields: ({ incident, given }) => [
    ...(incident === null ? [] : [aboutField(incident)]),
    reasonField(given.reason, true),
  ],
  read: (values) => {
    const reason = values.text('reason');
    const why = wrongReason(reason, true);
    if (why !== null) return { kind: 'wrong', errors: { reason: why } };
    return { kind: 'ask', args: reason === '' ? {} : { reason } };
  },
};
