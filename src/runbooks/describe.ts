import type { StoredEvent } from '../journal/port.ts';
import {
  ApprovalRefused,
  Approved,
  Asked,
  Continued,
  Ended,
  Interrupted,
  Probed,
  Refused,
  Requested,
  StopAsked,
} from './run-events.ts';

/** Timeline words for the room's own events, plain text; null for one that is not worth a line. Foreign parts are not escaped. */
export function describeRunEvent(event: StoredEvent, texts: ReadonlyMap<string, string>): string | null {
  switch (event.type) {
    case 'run.requested': {
      const data = Requested.parse(event.data);
      const reason = data.reason === null ? '' : (texts.get(data.reason) ?? '');
      const why = reason === '' || reason === event.incident ? '' : ` ("${reason}")`;
      const how = data.dry
        ? ' asked for as a dry run'
        : data.approvals > 0
          ? ' asked for; a second person must agree'
          : ' asked for';
      return `${event.id} ${name(data)}${why}${how}`;
    }
    case 'run.approved':
      return approved(Approved.parse(event.data), event.id, texts);
    case 'run.approval-refused':
      return `a yes to ${event.id} was refused: ${APPROVAL_WORDS[ApprovalRefused.parse(event.data).code] ?? 'not allowed'}`;
    case 'run.started':
      return `${event.id} started`;
    case 'run.continued':
      return goesOn(Continued.parse(event.data), event.id);
    case 'run.asked':
      return `${event.id} waits for a person: ${texts.get(Asked.parse(event.data).question) ?? ''}`;
    case 'run.stop-asked':
      return `${event.id} is to end ${StopAsked.parse(event.data).mode === 'now' ? 'now' : 'after this step'}`;
    case 'run.abandoned':
      return `${event.id} is left as it is`;
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

const APPROVAL_WORDS: Readonly<Record<string, string>> = {
  SELF_APPROVAL: 'by whoever asked for it',
  NOT_ALLOWED: 'by somebody who may not',
  PLAN_CHANGED: 'to another plan',
  NO_BREAK_GLASS: 'the glass may not be broken',
};

function approved({ breakGlass, reason }: Approved, id: string, texts: ReadonlyMap<string, string>): string {
  if (!breakGlass) return `${id} approved`;
  return `${id} approved by breaking the glass ("${reason === null ? '' : (texts.get(reason) ?? '')}"): to be reviewed`;
}

function goesOn({ how, step }: Continued, id: string): string {
  switch (how) {
    case 'answered':
      return `${id} goes on: ${step ?? ''} was answered`;
    case 'resumed':
      return step === null ? `${id} goes on` : `${id} goes on with ${step} once more`;
    case 'skipped':
      return `${id} goes on after ${step ?? ''}`;
    case 'undoing':
      return `${id} is being taken back`;
    default:
      return how satisfies never;
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
