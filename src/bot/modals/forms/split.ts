import type { KnownBlock } from '@slack/types';
import { type ShownAlert, tellingLabels } from '../../alert-labels.ts';
import type { FormSpec } from '../form.ts';
import { aboutField, reasonField, tickField, wrongReason } from '../form-fields.ts';

const AT_ONCE = 10;
const MOST_SHOWN = 50;

/** Takes some alerts of an incident out into one of their own. */
export const splitForm: FormSpec = {
  verb: 'split',
  title: 'Split',
  doing: 'Splitting',
  submits: ({ incident }) => `Split ${incident?.id ?? ''}`.trim(),
  right: 'R1',
  about: 'incident',
  notWhen: ['resolved', 'closed'],
  mainField: 'reason',
  fields: async ({ incident, given }, deps) => {
    const alerts = incident === null ? [] : await deps.alertsOf(incident.id);
    return [...(incident === null ? [] : [aboutField(incident)]), ...alertFields(alerts), reasonField(given.reason)];
  },
  read: async (values, { incident }, deps) => {
    const known = new Set((incident === null ? [] : await deps.alertsOf(incident.id)).map((each) => each.fingerprint));
    const fingerprints = values.ticked('fingerprints').filter((each) => known.has(each));
    const reason = values.text('reason');
    const why = wrongReason(reason);
    if (fingerprints.length === 0 && known.size >= 2) {
      return { kind: 'wrong', errors: { fingerprints: 'Tick the alerts that do not belong here.' } };
    }
    if (fingerprints.length === known.size) {
      return { kind: 'wrong', errors: { reason: 'At least one alert has to stay, and one to leave.' } };
    }
    if (why !== null) return { kind: 'wrong', errors: { reason: why } };
    return { kind: 'ask', args: { fingerprints, reason } };
  },
};

/** Boxes in fields of ten: `fingerprints`, `fingerprints-2`, … */
function alertFields(alerts: readonly ShownAlert[]): KnownBlock[] {
  if (alerts.length < 2) {
    const text = 'It has fewer than two alerts: there is nothing to split off.';
    return [{ type: 'section', text: { type: 'plain_text', text } }];
  }
  const shown = alerts.slice(0, MOST_SHOWN);
  const words = tellingLabels(shown);
  const fields: KnownBlock[] = [];
  for (let from = 0; from < shown.length; from += AT_ONCE) {
    const part = shown.slice(from, from + AT_ONCE);
    const choices = part.map(({ fingerprint }, index) => ({
      value: fingerprint,
      text: words[from + index] ?? fingerprint,
    }));
    const name = from === 0 ? 'fingerprints' : `fingerprints-${from / AT_ONCE + 1}`;
    fields.push(tickField(name, from === 0 ? 'Alerts that do not belong here' : 'and', choices));
  }
  const hidden = alerts.length - shown.length;
  if (hidden > 0) {
    const text = `+${hidden} more: name them with /gianna split ID FINGERPRINT…`;
    fields.push({ type: 'context', elements: [{ type: 'plain_text', text }] });
  }
  return fields;
}
