import { formatDuration } from '../../core/duration.ts';
import type { StepStatus } from '../../runbooks/run-state.ts';
import { code, foreign } from '../mrkdwn.ts';
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
  const about = [card.id, `by ${foreign(nameOf(card.by), 60)}`, ...(card.incident === null ? [] : [card.incident])];
  if (card.startedAt !== null && card.endedAt !== null) {
    about.push(`took ${formatDuration((card.endedAt - card.startedAt) / 1000)}`);
  }
  return {
    text: `${state.mark} ${what}: ${state.words} (${card.id})`,
    blocks: [
      header(`${state.mark} ${what}: ${state.title}`),
      context(about.join(' · ')),
      section(mrkdwn(stepsOf(card))),
      section(mrkdwn(state.words)),
    ],
  };
}

function stepsOf(card: RunCard): string {
  const lines = card.steps.slice(0, SHOWN).map((step, index) => line(step, index + 1));
  if (card.steps.length > SHOWN) lines.push(`+${card.steps.length - SHOWN} more`);
  return lines.length === 0 ? 'no steps' : lines.join('\n');
}

function line(step: RunCardStep, number: number): string {
  const seconds = step.seconds === null ? '' : ` ${step.seconds.toFixed(1)} s`;
  const summary = step.summary === null ? '' : ` ${foreign(step.summary, 140)}`;
  return `${STEP[step.status]} ${number} ${code(step.id, 30)}${seconds}${summary}`;
}

interface StateWords {
  mark: string;
  title: string;
  words: string;
}

function stateOf(card: RunCard): StateWords {
  switch (card.status) {
    case 'waiting':
      return { mark: '⏳', title: 'waiting', words: 'Accepted, not started yet.' };
    case 'running':
      return { mark: '⏳', title: 'running', words: 'Running; this message follows it.' };
    case 'succeeded':
    case 'failed':
      return resultOf(card);
    case 'interrupted':
      return interrupted(card);
    case 'undone':
      return { mark: '↩️', title: 'undone', words: 'It was undone.' };
    case 'refused':
      return { mark: '⛔', title: 'refused', words: 'Refused when it was about to start. Nothing was changed.' };
    default: {
      const never: never = card.status;
      return never;
    }
  }
}

function resultOf(card: RunCard): StateWords {
  if (card.steps.some((step) => step.status === 'unknown')) return interrupted(card);
  const failed = card.status === 'failed' ? ' Not every step succeeded.' : '';
  switch (card.verdict) {
    case 'fixed':
      return { mark: '✅', title: 'fixed', words: `*Fixed*: what failed before is well now.${failed}` };
    case 'no-effect':
      return { mark: '⚠️', title: 'no effect', words: `*No effect*: the probes find the same as before.${failed}` };
    case 'worse':
      return { mark: '❌', title: 'worse', words: `*Worse*: the probes find more wrong than before.${failed}` };
    case null:
      return card.status === 'failed'
        ? { mark: '❌', title: 'failed', words: '*Failed*: not every step succeeded.' }
        : { mark: '✅', title: 'done', words: '*Done*: every step succeeded.' };
    default: {
      const never: never = card.verdict;
      return never;
    }
  }
}

function interrupted(card: RunCard): StateWords {
  const step = card.steps.find(({ status }) => status === 'unknown');
  const words =
    step === undefined
      ? '*Interrupted* between two steps. It is not run again by itself: look, then decide.'
      : `*Unknown* whether step ${code(step.id, 30)} happened. It is not run again by itself: check before you retry.`;
  return { mark: '❓', title: step === undefined ? 'interrupted' : 'outcome unknown', words };
}
