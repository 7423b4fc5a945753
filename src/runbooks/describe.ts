import type { StoredEvent } from '../journal/port.ts';
import { Ended, Interrupted, Probed, Refused, Requested } from './run-events.ts';

/** Timeline words for the room's own events, plain text; null for one that is not worth a line. Foreign parts are not escaped. */
export function describeRunEvent(event: StoredEvent, texts: ReadonlyMap<string, string>): string | null {
  switch (event.type) {
    case 'run.requested': {
      const data = Requested.parse(event.data);
      const reason = data.reason === null ? '' : (texts.get(data.reason) ?? '');
      const why = reason === '' || reason === event.incident ? '' : ` ("${reason}")`;
      return `${event.id} ${name(data)}${why} asked for`;
    }
    case 'run.started':
      return `${event.id} started`;
    case 'run.ended':
      return ended(Ended.parse(event.data), event.id, texts);
    case 'run.interrupted': {
      const data = Interrupted.parse(event.data);
      const what = data.unknown === null ? 'interrupted' : `interrupted, outcome of ${data.unknown} unknown`;
      return `${event.id} ${what}`;
    }
    case 'run.refused': {
      const data = Refused.parse(event.data);
      return `${event.id} not run: ${texts.get(data.summary) ?? data.code}`;
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
  const time = `${Math.round(data.seconds)} s`;
  if (data.status === 'succeeded' && data.verdict === 'fixed') return `${id} fixed it in ${time}`;
  const summary = texts.get(data.summary) ?? '';
  const verdict = data.verdict === null ? '' : `, ${data.verdict === 'no-effect' ? 'no effect' : data.verdict}`;
  return `${id} ${data.status}${verdict} after ${time}: ${summary}`;
}

function name(data: { readonly runbook: string; readonly service: string | null }): string {
  return data.service === null ? data.runbook : `${data.runbook} of ${data.service}`;
}
