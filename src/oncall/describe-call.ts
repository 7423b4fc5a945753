import type { NameKey } from '../alerts/change.ts';
import { formatDuration } from '../core/duration.ts';
import type { StoredEvent } from '../journal/port.ts';
import { receivers } from './receivers.ts';

const STRUCK: Readonly<Record<string, string>> = {
  ask: 'asked whether somebody is still on it',
  owner: 'no answer: the owner is paged',
  level: 'no answer: the next level is paged',
};
const PASSED: Readonly<Record<string, string>> = { ask: 'the question', owner: 'the page to the owner' };
const CALLED: Readonly<Record<string, string>> = { responder: ' as a responder' };

/** The timeline's words for pages beside the policy: an ack's clock, and what people ask for. */
export function describeCall({ type, data }: StoredEvent, nameOf: NameKey): string | null {
  switch (type) {
    case 'escalation.called':
      return `paged ${receivers(data, nameOf)}${CALLED[String(data.why)] ?? ''} (level ${data.level})`;
    case 'ack.struck': {
      const late = Number(data.lateSeconds);
      const lateness = late > 5 ? `, late by ${formatDuration(late)}` : '';
      return `${STRUCK[String(data.step)] ?? data.step}: ${receivers(data, nameOf)}${lateness}`;
    }
    case 'ack.superseded': {
      const steps = Array.isArray(data.steps) ? data.steps.map((step) => PASSED[String(step)] ?? step) : [];
      return `${steps.join(' and ')} passed over: a later step was due too`;
    }
    case 'ack.ended':
      return data.because === 'not-configured' ? 'nobody is asked any more: its acknowledgement does not expire' : null;
    default:
      return null;
  }
}
