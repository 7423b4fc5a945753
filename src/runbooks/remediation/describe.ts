import type { StoredEvent } from '../../journal/port.ts';
import { type RemediationEvent, readRemediationEvent } from './remediation-events.ts';
import { REMEDIATION } from './remediation-state.ts';

/** Timeline words for automatic remediation, plain text; null for what is not worth a line. Foreign parts are not escaped. */
export function describeRemediationEvent(event: StoredEvent, texts: ReadonlyMap<string, string>): string | null {
  return event.kind === REMEDIATION ? words(event.id, readRemediationEvent(event), texts) : null;
}

function words(rule: string, event: RemediationEvent, texts: ReadonlyMap<string, string>): string | null {
  const text = (digest: string) => texts.get(digest) ?? 'its text was erased';
  switch (event.type) {
    case 'remediation.asked':
      return null;
    case 'remediation.started':
      return `rule ${rule} started ${event.data.run}`;
    case 'remediation.refused':
      return `rule ${rule} asked for a run, which was refused: ${text(event.data.why)}`;
    case 'remediation.skipped':
      return `rule ${rule} does not run now: ${text(event.data.why)}`;
    case 'remediation.judged':
      return judged(rule, event.data);
    case 'remediation.off':
      return `rule ${rule} switched itself off: ${event.data.misses} runs in a row did not help`;
    case 'remediation.on':
      return event.data.by === 'config' ? `rule ${rule} was changed and is on again` : `rule ${rule} is on again`;
    default:
      return event satisfies never;
  }
}

function judged(rule: string, data: Extract<RemediationEvent, { type: 'remediation.judged' }>['data']): string | null {
  if (data.verdict === 'fixed') return `${data.run} of rule ${rule} helped`;
  if (data.verdict === 'refused') return null;
  return `${data.run} of rule ${rule} did not help (${data.verdict}; misses in a row: ${data.misses})`;
}
