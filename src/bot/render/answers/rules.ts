import type { ListedRule } from '../../../runbooks/remediation/list.ts';
import { foreign } from '../../mrkdwn.ts';
import { actions } from '../payload.ts';
import { type Answer, answerOf } from './answer.ts';

const MOST_BUTTONS = 5;
const MOST_LISTED = 30;

/** Every rule that runs of itself: on or off and why, what of its budget is used, what it does at present. */
export function renderRules(rules: readonly ListedRule[]): Answer {
  if (rules.length === 0) return answerOf(['Nothing runs of itself: `policy.yml` has no rule under `remediation`.']);
  const lines = rules.slice(0, MOST_LISTED).map((rule) => `• ${ruleLine(rule)}`);
  const more = rules.length > MOST_LISTED ? [`+${rules.length - MOST_LISTED} more`] : [];
  const off = rules.filter(({ state }) => state === 'off').slice(0, MOST_BUTTONS);
  const buttons = off.map(({ rule }) => ({
    verb: 'remediation-on',
    label: `Let ${rule} run again…`.slice(0, 75),
    spoken: `Let the rule ${rule} run again`.slice(0, 75),
    value: JSON.stringify({ v: 1, s: rule, n: 0 }),
  }));
  return answerOf([[...lines, ...more].join('\n')], buttons.length === 0 ? [] : [actions('rules', buttons)]);
}

function ruleLine({ rule, state, runbook, misses, mostMisses, lastHour, mostPerHour, runs, open }: ListedRule): string {
  const under = open.map(({ run, incident }) => `${run ?? 'a run'} for ${incident}`).join(', ');
  return [
    `*${foreign(rule, 80)}* ${stateWords(state, misses)}`,
    `runs ${foreign(runbook, 60)}`,
    `${lastHour} of ${mostPerHour} this hour, ${runs} ever`,
    state === 'on' && misses > 0 ? `${misses} of ${mostMisses} did not help` : '',
    under === '' ? '' : `now ${under}`,
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function stateWords(state: ListedRule['state'], misses: number): string {
  switch (state) {
    case 'on':
      return 'is on';
    case 'disabled':
      return 'is off by policy.yml';
    case 'off':
      return `✖ switched itself off: ${misses} runs in a row did not help`;
    default:
      return state satisfies never;
  }
}
