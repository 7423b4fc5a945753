import type { ActionsBlock, Button } from '@slack/types';
import type { RunCard } from './cards.ts';

/** A button about a run (DESIGN.md, Contracts, buttons). */
interface RunAction {
  readonly verb: string;
  readonly label: string;
  readonly style?: 'primary' | 'danger';
  /** Asked before it counts: what changes something is not one press away. */
  readonly confirm?: { readonly title: string; readonly text: string };
}

const STOP: RunAction = { verb: 'stop', label: 'Stop after this step' };
const ABORT: RunAction = {
  verb: 'abort',
  label: 'Abort now',
  style: 'danger',
  confirm: { title: 'Abort the run?', text: 'What is under way is cut where that is safe. What was done stays done.' },
};
const UNDO: RunAction = {
  verb: 'undo',
  label: 'Undo',
  confirm: { title: 'Take it back?', text: 'What the run did is taken back, the last step first, then proven.' },
};
const RESUME: RunAction = {
  verb: 'resume',
  label: 'Resume',
  confirm: { title: 'Go on?', text: 'A step whose outcome nobody knows is done once more. Look at the target first.' },
};
const SKIP_UNKNOWN: RunAction = {
  verb: 'skip',
  label: 'Skip that step',
  confirm: {
    title: 'Go on after it?',
    text: 'The step whose outcome nobody knows is left as it is; the next one begins.',
  },
};

/** The buttons of a run's message, by its state; null: there is nothing that anybody could do. */
export function runActions(card: RunCard): ActionsBlock | null {
  const actions = actionsOf(card);
  if (actions.length === 0) return null;
  return {
    type: 'actions',
    block_id: `run:${card.id}:${card.version}:${card.status}`.toLowerCase(),
    elements: actions.map((action) => button(card, action)),
  };
}

function actionsOf(card: RunCard): RunAction[] {
  if (card.approval?.state === 'asked') return approvalActions(card);
  if (card.asks !== null) {
    return [{ verb: 'continue', label: 'Continue', style: 'primary' }, { verb: 'skip', label: 'Skip' }, ABORT];
  }
  switch (card.status) {
    case 'running':
      return card.stop === null ? [STOP, ABORT] : [ABORT];
    case 'interrupted':
      return interruptedActions(card);
    case 'waiting':
    case 'refused':
      return [];
    default:
      return [...(card.mayUndo ? [UNDO] : []), ...logOf(card)];
  }
}

function approvalActions(card: RunCard): RunAction[] {
  const isUrgent = card.severity === 'P0' || card.severity === 'P1';
  return [
    { verb: 'approve', label: 'Approve…', style: 'primary' },
    { verb: 'deny', label: 'Deny…' },
    { verb: 'plan', label: 'View plan' },
    ...(isUrgent ? [{ verb: 'break-glass', label: 'Break glass…', style: 'danger' } as const] : []),
  ];
}

function interruptedActions(card: RunCard): RunAction[] {
  if (card.isAbandoned) return [...(card.mayUndo ? [UNDO] : []), ...logOf(card)];
  const isUnknown = card.steps.some(({ status }) => status === 'unknown');
  const undo = card.mayUndo ? [UNDO] : [];
  const go = card.phase === 'undo' ? [] : [RESUME, ...(isUnknown ? [SKIP_UNKNOWN] : [])];
  return [...go, ...undo, { verb: 'abandon', label: 'Leave as it is' }, ...logOf(card)];
}

function logOf(card: RunCard): RunAction[] {
  return card.hasLog ? [{ verb: 'log', label: 'Full log' }] : [];
}

function button(card: RunCard, { verb, label, style, confirm }: RunAction): Button {
  const plain = (text: string) => ({ type: 'plain_text', text, emoji: false }) as const;
  return {
    type: 'button',
    action_id: `gi.${verb}`,
    text: plain(label),
    value: JSON.stringify({ v: 1, r: card.id, n: card.version }),
    accessibility_label: `${label.replace('…', '')} ${card.id}`.slice(0, 75),
    ...(style === undefined ? {} : { style }),
    ...(confirm === undefined
      ? {}
      : {
          confirm: {
            title: plain(confirm.title),
            text: plain(`${card.id}: ${confirm.text}`),
            confirm: plain(label.slice(0, 30)),
            deny: plain('Cancel'),
            ...(style === 'danger' ? { style: 'danger' as const } : {}),
          },
        }),
  };
}
