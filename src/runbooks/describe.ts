import type { StoredEvent } from '../journal/port.ts';
import { Ended, Interrupted, Probed, Refused, Requested, Started } from './run-events.ts';

/** Timeline words for the room's own events, plain text; null for one that is not worth a line. Foreign parts are not escaped. */
export function describeRunEvent(event: StoredEvent, texts: ReadonlyMap<string, string>): string | null {
  switch (event.type) {
    case 'run.requested': {
      const data = Requested.parse(event.data);
      const reason = data.reason === null ? '' : `: ${texts.get(data.reason) ?? ''}`;
      return `${name(data)} asked for (${event.id})${reason}`;
    }
    case 'run.started':
      return `${name(Started.parse(event.data))} started (${event.id})`;
    case 'run.ended':
      return ended(Ended.parse(event.data), event.id, texts);
    case 'run.interrupted': {
      const data = Interrupted.parse(event.data);
      const what = data.unknown === null ? 'interrupted' : `interrupted, outcome of ${data.unknown} unknown`;
      return `${name(data)}: ${what} (${event.id})`;
    }
    case 'run.refused': {
      const data = Refused.parse(event.data);
      return `${name(data)} not run (${event.id}): ${texts.get(data.summary) ?? data.code}`;
    }
    case 'run.probed': {
      const data = Probed.parse(event.data);
      return `looked after the interruption of ${event.id}: ${texts.get(data.summary) ?? ''}`;
    }
    default:
      return null;
  }
}

function ended(data: Ended, id: string, texts: ReadonlyMap<string, string>): string {
  const time = `${data.seconds} s`;
  if (data.status === 'succeeded' && data.verdict === 'fixed') return `${name(data)}: fixed in ${time} (${id})`;
  const summary = texts.get(data.summary) ?? '';
  const verdict = data.verdict === null ? '' : `, ${data.verdict === 'no-effect' ? 'no effect' : data.verdict}`;
  return `${name(data)}: ${data.status}${verdict} after ${time} (${id}): ${summary}`;
}

function name(data: { readonly runbook: string; readonly service: string | null }): string {
  return data.service === null ? data.runbook : `${data.runbook} of ${data.service}`;
}
