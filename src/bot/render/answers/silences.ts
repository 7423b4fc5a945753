import type { Button } from '@slack/types';
import { printMatchers } from '../../../alerts/silences/matcher.ts';
import type { SilenceView } from '../../../alerts/silences/views.ts';
import { code, dateToken, foreign } from '../../mrkdwn.ts';
import { type Answer, answerOf } from './answer.ts';
import { buttonRow } from './buttons.ts';

const MOST_LISTED = 20;
const MOST_BUTTONS = 5;

/** Every silence in force, made here or elsewhere, with what it mutes now; the first to end first. */
export function renderSilences(silences: readonly SilenceView[], nameOf: (actor: string) => string): Answer {
  if (silences.length === 0) return answerOf(['🔔 Nothing is silenced.']);
  const lines = silences.slice(0, MOST_LISTED).map((each) => `• ${silenceLine(each, nameOf)}`);
  const more = silences.length - MOST_LISTED;
  const head = `🔕 *${silences.length} ${silences.length === 1 ? 'silence' : 'silences'}*`;
  const lifts = silences.filter(({ status, pending }) => status === 'active' && pending === null);
  const row = lifts.slice(0, MOST_BUTTONS).map(liftButton);
  const paragraph = `${head}\n${lines.join('\n')}${more > 0 ? `\n+${more} more` : ''}`;
  return answerOf([paragraph], row.length === 0 ? [] : [buttonRow('silences', row)]);
}

/** One silence as a line: id, until when, what, by whom and why, what it mutes now. */
export function silenceLine(silence: SilenceView, nameOf: (actor: string) => string): string {
  const by = silence.by === null ? `${foreign(silence.author, 60)} in Alertmanager` : foreign(nameOf(silence.by), 60);
  const count = silence.mutes?.alerts ?? null;
  return [
    `*${foreign(shortId(silence.id), 40)}*${stateWords(silence)} until ${dateToken(silence.endsAt)}`,
    code(printMatchers(silence.matchers), 160),
    `${by}: ${foreign(silence.reason, 120)}`,
    silence.incident ?? '',
    count === null ? '' : `mutes ${count === 1 ? '1 alert' : `${count} alerts`} now`,
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function stateWords({ status, pending }: SilenceView): string {
  if (status === 'requested') return ' (being made)';
  return pending === null ? '' : ` (being ${pending === 'lift' ? 'lifted' : 'extended'})`;
}

function shortId(id: string): string {
  return id.startsWith('SIL-') ? id : `${id.slice(0, 8)}…`;
}

function liftButton({ id }: SilenceView): Button {
  return {
    type: 'button',
    action_id: 'gi.lift',
    text: { type: 'plain_text', text: `Lift ${shortId(id)}`, emoji: false },
    value: JSON.stringify({ v: 1, s: id, n: 0 }),
    accessibility_label: `Lift the silence ${shortId(id)}`,
  };
}
