import type { ListedLease } from '../../../runbooks/lease/list.ts';
import { dateToken, foreign } from '../../mrkdwn.ts';
import { actions, type ButtonSpec } from '../payload.ts';
import { type Answer, answerOf } from './answer.ts';

const MOST_LISTED = 20;
/** Leases whose buttons are shown: what is not reverted first. */
const MOST_WITH_BUTTONS = 4;

/** Everything that holds until a time, what could not be reverted first, then the first to end. */
export function renderLeases(leases: readonly ListedLease[], nameOf: (actor: string) => string): Answer {
  if (leases.length === 0) return answerOf(['Nothing holds until a time.']);
  const sorted = [...leases].sort((one, other) => Number(other.state === 'failed') - Number(one.state === 'failed'));
  const lines = sorted.slice(0, MOST_LISTED).map((lease) => `• ${leaseLine(lease, nameOf)}`);
  const more = sorted.length > MOST_LISTED ? [`+${sorted.length - MOST_LISTED} more`] : [];
  const head = `⏳ *${leases.length} ${leases.length === 1 ? 'lease' : 'leases'}*`;
  const buttons = sorted.slice(0, MOST_WITH_BUTTONS).flatMap(buttonsOf);
  return answerOf([[head, ...lines, ...more].join('\n')], buttons.length === 0 ? [] : [actions('leases', buttons)]);
}

function leaseLine(lease: ListedLease, nameOf: (actor: string) => string): string {
  const { id, state, what, service, until, run, by, incident, summary } = lease;
  return [
    `*${id}* ${stateWords(state)} ${dateToken(Date.parse(until))}`,
    `${foreign(what, 160)}${service === null ? '' : ` of ${foreign(service, 60)}`}`,
    `${run} by ${foreign(nameOf(by), 60)}`,
    incident ?? '',
    state === 'failed' && summary !== null ? foreign(summary, 160) : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function stateWords(state: ListedLease['state']): string {
  switch (state) {
    case 'active':
      return 'until';
    case 'ending':
      return 'is being reverted, since';
    case 'failed':
      return '✖ is NOT reverted, since';
    default:
      return state satisfies never;
  }
}

function buttonsOf({ id, state }: ListedLease): ButtonSpec[] {
  const value = JSON.stringify({ v: 1, s: id, n: 0 });
  const end = { verb: 'lease-end', label: `Undo ${id}…`, spoken: `Take back now what ${id} holds`, value };
  switch (state) {
    case 'active':
      return [{ verb: 'renew', label: `Renew ${id}…`, spoken: `Hold ${id} longer`, value }, end];
    case 'failed':
      return [end, { verb: 'lease-abandon', label: `Leave ${id}…`, spoken: `Give ${id} up as it is`, value }];
    default:
      return [];
  }
}
