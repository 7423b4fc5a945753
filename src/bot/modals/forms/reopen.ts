import type { FormSpec } from '../form.ts';
import { aboutField, reasonField, wrongReason } from '../form-fields.ts';

/** Opens an incident again that was resolved. */
export const reopenForm: FormSpec = {
  verb: 'reopen',
  title: 'Reopen',
  doing: 'Reopening',
  submits: ({ incident }) => `Reopen ${incident?.id ?? ''}`.trim(),
  right: 'R1',
  about: 'incident',
  notWhen: ['firing', 'acknowledged', 'recovered', 'closed'],
  mainField: 'reason',
  fields: ({ incident, given }) => [...(incident === null ? [] : [aboutField(incident)]), reasonField(given.reason)],
  read: (values) => {
    const reason = values.text('reason');
    const why = wrongReason(reason);
    return why === null ? { kind: 'ask', args: { reason } } : { kind: 'wrong', errors: { reason: why } };
  },
};
