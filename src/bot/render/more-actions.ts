import type { StaticSelect } from '@slack/types';
import { moreOptionValue } from '../button.ts';
import { actOf } from '../modals/run/run-meta.ts';
import { plain } from '../mrkdwn.ts';
import type { IncidentCard } from './cards.ts';

interface Entry {
  readonly verb: string;
  readonly label: string;
  readonly runbook?: string;
}

/** The select "More actions" of a parent (UX.md 3.1): a pick opens its form and never acts by itself. Null: there is nothing more. */
export function moreActions(card: IncidentCard): StaticSelect | null {
  const { id, version } = card.view;
  const groups = [
    { label: 'Run', entries: running(card) },
    { label: 'Mitigate', entries: mitigating(card) },
    { label: 'Notify', entries: notifying(card) },
    { label: 'Close', entries: closing(card) },
  ].filter(({ entries }) => entries.length > 0);
  if (groups.length === 0) return null;
  return {
    type: 'static_select',
    action_id: 'gi.more',
    placeholder: { type: 'plain_text', text: 'More actions', emoji: false },
    option_groups: groups.map(({ label, entries }) => ({
      label: { type: 'plain_text', text: label },
      options: entries.map((entry) => ({
        text: { type: 'plain_text', text: entry.label },
        value: moreOptionValue(id, version, entry.verb, entry.runbook),
      })),
    })),
  };
}

/** Runbooks that its route names; one at a time. */
function running({ view, runbooks = [], running: current }: IncidentCard): Entry[] {
  if (view.foldedUnder !== null || current !== null) return [];
  return runbooks.map((runbook) => ({ verb: 'run', label: `${plain(actOf(runbook), 70)}…`, runbook }));
}

function mitigating({ view, maySilence = false }: IncidentCard): Entry[] {
  if (view.foldedUnder !== null || view.quiet !== null) return [];
  return [
    // a P0 is never silenced
    ...(maySilence && view.severity !== 'P0' ? [{ verb: 'silence', label: 'Silence…' }] : []),
    // once somebody has it, its pages have stopped
    ...(view.status === 'acknowledged' ? [] : [{ verb: 'snooze', label: 'Snooze…' }]),
  ];
}

function notifying({ view }: IncidentCard): Entry[] {
  const note = { verb: 'note', label: 'Add note…' };
  if (view.foldedUnder !== null) return [note];
  const isTaken = view.status === 'acknowledged';
  return [
    ...(isTaken ? [{ verb: 'unack', label: 'Un-ack…' }] : []),
    { verb: 'assign', label: isTaken ? 'Hand over…' : 'Assign…' },
    { verb: 'add-responder', label: 'Add responder…' },
    { verb: 'escalate', label: 'Escalate…' },
    note,
    { verb: 'severity', label: 'Change severity…' },
  ];
}

function closing({ view }: IncidentCard): Entry[] {
  if (view.foldedUnder !== null) return [];
  const isSeveral = view.alerts.firing + view.alerts.resolved > 1;
  return [{ verb: 'merge', label: 'Merge…' }, ...(isSeveral ? [{ verb: 'split', label: 'Split…' }] : [])];
}
