import type { IncidentView } from '../../../alerts/incident-view.ts';
import type { Desk } from '../../listen/deps.ts';
import type { FormSpec, FormSubject } from '../form.ts';
import { aboutField, reasonField, selectField, wrongReason } from '../form-fields.ts';

/** Makes an incident part of another one. */
export const mergeForm: FormSpec = {
  verb: 'merge',
  title: 'Merge',
  doing: 'Merging',
  submits: ({ incident }) => `Merge ${incident?.id ?? ''}`.trim(),
  right: 'R1',
  about: 'incident',
  notWhen: ['resolved', 'closed'],
  mainField: 'into',
  fields: async (subject, deps) => {
    const { incident, given } = subject;
    const others = await mergeTargets(subject, deps);
    return [
      ...(incident === null ? [] : [aboutField(incident)]),
      ...(others.length === 0
        ? [{ type: 'section' as const, text: { type: 'plain_text' as const, text: 'No other incident is open.' } }]
        : [
            selectField({
              name: 'into',
              label: 'Into which incident',
              choices: others.map(({ id, severity, about }) => ({
                value: id,
                text: `${id} ${severity} ${about.title}`,
              })),
              initial: given.into,
              hint: 'This one pages nobody from then on and is shown beneath the other. It can be undone.',
            }),
          ]),
      reasonField(given.reason),
    ];
  },
  read: async (values, subject, deps) => {
    const [into, reason] = [values.text('into'), values.text('reason')];
    const why = wrongReason(reason);
    const isTarget = (await mergeTargets(subject, deps)).some(({ id }) => id === into);
    if (!isTarget && into === '') return { kind: 'wrong', errors: { reason: 'Choose an incident that is open.' } };
    const errors = {
      ...(isTarget ? {} : { into: 'Choose an incident that is open.' }),
      ...(why === null ? {} : { reason: why }),
    };
    return Object.keys(errors).length > 0 ? { kind: 'wrong', errors } : { kind: 'ask', args: { into, reason } };
  },
};

/** Open incidents that stand on their own, newest first; those of the same channel before the others. */
async function mergeTargets({ incident }: FormSubject, deps: Desk): Promise<readonly IncidentView[]> {
  const open = (await deps.listIncidents()).filter(
    ({ id, status, foldedUnder }) =>
      id !== incident?.id && foldedUnder === null && status !== 'resolved' && status !== 'closed',
  );
  const isNear = ({ channel }: IncidentView) => channel === incident?.channel;
  return [...open.filter(isNear), ...open.filter((each) => !isNear(each))];
}
