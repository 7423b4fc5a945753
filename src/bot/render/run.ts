import { formatDuration } from '../../core/duration.ts';
import type { StepStatus } from '../../runbooks/run-state.ts';
import { code, dateToken, foreign } from '../mrkdwn.ts';
import type { NameOf, RunCard, RunCardStep } from './cards.ts';
import { context, header, type MessagePayload, mrkdwn, section } from './payload.ts';

const STEP: Readonly<Record<StepStatus, string>> = {
  waiting: '⬜',
  running: '⏳',
  done: '✅',
  failed: '❌ failed:',
  unknown: '❓ outcome unknown:',
  skipped: '⏭ skipped:',
};
const SHOWN = 15;

/** One message a run, edited at step changes, then its result in words (UX.md 3.4). */
export function renderRun(card: RunCard, nameOf: NameOf): MessagePayload {
  const target = foreign(card.target, 60);
  const what = `${foreign(card.runbook, 60)}${target === '' ? '' : ` ${target}`}`;
  const state = stateOf(card);
  return {
    text: `${state.mark} ${what}: ${state.words} (${card.id})`,
    blocks: [
      header(`${state.mark} ${what}: ${state.title}`),
      section(mrkdwn(state.next === undefined ? state.words : `${state.words}\n*Next*: ${state.next}`)),
      section(mrkdwn(stepsOf(card))),
      context(aboutOf(card, nameOf)),
    ],
  };
}

function aboutOf(card: RunCard, nameOf: NameOf): string {
  const about = [card.id, `by ${foreign(nameOf(card.by), 60)}`, ...(card.incident === null ? [] : [card.incident])];
  if (card.startedAt !== null) about.push(`started ${dateToken(card.startedAt, '{time}')}`);
  if (card.startedAt !== null && card.endedAt !== null) {
    about.push(`took ${formatDuration((card.endedAt - card.startedAt) / 1000)}`);
  }
  return about.join(' · ');
}

function stepsOf(card: RunCard): string {
  const lines = card.steps.slice(0, SHOWN).map((step, index) => line(step, index + 1));
  if (card.steps.length > SHOWN) lines.push(`+${card.steps.length - SHOWN} more`);
  return lines.length === 0 ? 'no steps' : lines.join('\n');
}

function line(step: RunCardStep, number: number): string {
  const seconds = step.seconds === null || step.seconds < 0.05 ? '' : ` · ${step.seconds.toFixed(1)} s`;
  const summary = step.summary === null ? '' : ` · ${foreign(step.summary, 170)}`;
  const name = step.verifies ? `proof: ${code(step.id, 30)}` : code(step.id, 30);
  return `${STEP[step.status]} ${number} ${name}${seconds}${summary}`;
}

interface StateWords {
  mark: string;
  title: string;
  words: string;
  /** What a person does now; absent when nothing. */
  next?: string;
}

const LOOK = 'press *Run diagnosis* on the incident, look at the log of the service, then decide';

function stateOf(card: RunCard): StateWords {
  switch (card.status) {
    case 'waiting':
      return { mark: '⏳', title: 'waiting', words: 'Accepted, not started yet.' };
    case 'running':
      return { mark: '⏳', title: 'running', words: underWay(card) };
    case 'succeeded':
    case 'failed':
      return resultOf(card);
    case 'interrupted':
      return interrupted(card);
    case 'undone':
      return { mark: '↩️', title: 'undone', words: 'It was undone.' };
    case 'refused':
      return {
        mark: '⛔',
        title: 'refused',
        words: `*Refused* when it was about to start${becauseOf(card)}. Nothing was changed.`,
      };
    default: {
      const never: never = card.status;
      return never;
    }
  }
}

function underWay({ steps }: RunCard): string {
  const now = steps.findIndex(({ status }) => status === 'running');
  return now === -1 ? 'Under way.' : `Under way: step ${now + 1} of ${steps.length}.`;
}

function resultOf(card: RunCard): StateWords {
  if (card.steps.some((step) => step.status === 'unknown')) return interrupted(card);
  const because = becauseOf(card);
  switch (card.verdict) {
    case 'fixed':
      return { mark: '✅', title: 'fixed', words: `*Fixed*${because}.` };
    case 'no-effect':
      return { mark: '⚠️', title: 'no effect', words: `*No effect*${because}.`, next: LOOK };
    case 'worse':
      return { mark: '❌', title: 'worse', words: `*Worse than before*${because}.`, next: LOOK };
    case null:
      return card.status === 'failed'
        ? { mark: '❌', title: 'failed', words: `*Failed*${because}.`, next: LOOK }
        : { mark: '✅', title: 'done', words: `*Done*${because}.` };
    default: {
      const never: never = card.verdict;
      return never;
    }
  }
}

function becauseOf({ summary }: RunCard): string {
  return summary === null || summary === '' ? '' : `: ${foreign(summary, 400).replace(/\.$/, '')}`;
}

function interrupted(card: RunCard): StateWords {
  const step = card.steps.find(({ status }) => status === 'unknown');
  if (step === undefined) {
    const words = '*Interrupted* between two steps. It is not run again by itself.';
    return { mark: '❓', title: 'interrupted', words, next: 'look at what was done above, then decide' };
  }
  return {
    mark: '❓',
    title: 'outcome unknown',
    words: `*Unknown* whether step ${code(step.id, 30)} happened. It is not run again by itself.`,
    next: 'check the service before you ask for it again: press *Run diagnosis* on the incident',
  };
}
