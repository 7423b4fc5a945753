import { formatDuration } from '../../core/duration.ts';
import type { StepStatus } from '../../runbooks/run-state.ts';
import { code, dateToken, foreign } from '../mrkdwn.ts';
import { renderApproval } from './approval.ts';
import type { NameOf, RunCard, RunCardStep } from './cards.ts';
import { context, header, type MessagePayload, mrkdwn, section } from './payload.ts';
import { runActions } from './run-actions.ts';

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
  if (card.approval?.state === 'asked') return renderApproval(card, nameOf);
  const actions = runActions(card);
  const target = foreign(card.target, 60);
  const what = `${foreign(card.runbook, 60)}${target === '' ? '' : ` ${target}`}`;
  const state = stateOf(card);
  return {
    text: `${state.mark} ${what}: ${state.words} (${card.id})`,
    blocks: [
      header(`${state.mark} ${what}: ${state.title}`),
      section(mrkdwn(state.next === undefined ? state.words : `${state.words}\n*Next*: ${state.next}`)),
      section(mrkdwn(stepsOf(card))),
      ...(actions === null ? [] : [actions]),
      context(aboutOf(card, nameOf)),
    ],
  };
}

function aboutOf(card: RunCard, nameOf: NameOf): string {
  const about = [card.id, `by ${foreign(nameOf(card.by), 60)}`, ...(card.incident === null ? [] : [card.incident])];
  if (card.dry) about.push('dry run');
  if (card.approval?.state === 'given') about.push(approvedBy(card.approval, nameOf));
  if (card.status === 'running' && card.stop !== null)
    about.push(`being stopped by ${foreign(nameOf(card.stop.by), 60)}`);
  if (card.startedAt !== null) about.push(`started ${dateToken(card.startedAt, '{time}')}`);
  if (card.startedAt !== null && card.endedAt !== null) {
    about.push(`took ${formatDuration((card.endedAt - card.startedAt) / 1000)}`);
  }
  return about.join(' · ');
}

function approvedBy({ by, breakGlass }: NonNullable<RunCard['approval']>, nameOf: NameOf): string {
  const who = foreign(nameOf(by ?? ''), 60);
  return breakGlass ? `⚠️ glass broken by ${who}, to be reviewed` : `approved by ${who}`;
}

function stepsOf(card: RunCard): string {
  const lines = card.steps.slice(0, SHOWN).map((step, index) => line(step, index + 1));
  if (card.steps.length > SHOWN) lines.push(`+${card.steps.length - SHOWN} more`);
  return lines.length === 0 ? 'no steps' : lines.join('\n');
}

function line(step: RunCardStep, number: number): string {
  const seconds = step.seconds === null || step.seconds < 0.05 ? '' : ` · ${step.seconds.toFixed(1)} s`;
  const summary = step.summary === null ? progress(step) : ` · ${foreign(step.summary, 170)}`;
  const undone = step.isUndone ? ' · ↩️ taken back' : '';
  const name = step.verifies ? `proof: ${code(step.id, 30)}` : code(step.id, 30);
  return `${STEP[step.status]} ${number} ${name}${seconds}${summary}${undone}`;
}

function progress({ units, status }: RunCardStep): string {
  return units === null || status !== 'running' ? '' : ` · ${units.done} of ${units.of} done`;
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
      return waiting(card);
    case 'running':
      return { mark: '⏳', title: 'running', words: underWay(card) };
    case 'succeeded':
    case 'failed':
      return resultOf(card);
    case 'interrupted':
      return interrupted(card);
    case 'undone':
      return { mark: '↩️', title: 'undone', words: `*Taken back*${becauseOf(card)}.` };
    case 'refused':
      return {
        mark: '⛔',
        title: 'refused',
        words: `${refusedWords(card)}${becauseOf(card)}. Nothing was changed.`,
      };
    default: {
      const never: never = card.status;
      return never;
    }
  }
}

function waiting({ asks }: RunCard): StateWords {
  if (asks === null) return { mark: '⏳', title: 'waiting', words: 'Accepted, not started yet.' };
  return { mark: '🖐', title: 'waits for you', words: `*Waits for a person*: ${foreign(asks.question ?? '', 400)}` };
}

function refusedWords({ approval }: RunCard): string {
  if (approval?.state === 'denied') return '*Denied*';
  return approval?.state === 'void' ? '*Not run*' : '*Refused* when it was about to start';
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
  if (card.isAbandoned) {
    return { mark: '❓', title: 'left as it is', words: `*Interrupted* and left as it is${becauseOf(card)}.` };
  }
  const step = card.steps.find(({ status }) => status === 'unknown');
  if (step === undefined) {
    const words = `*Interrupted*${becauseOf(card)}. It does not go on by itself.`;
    return { mark: '❓', title: 'interrupted', words, next: 'look at what was done above, then decide' };
  }
  return {
    mark: '❓',
    title: 'outcome unknown',
    words: `*Unknown* whether step ${code(step.id, 30)} happened. It is not run again by itself.`,
    next: 'check the service before you ask for it again: press *Run diagnosis* on the incident',
  };
}
