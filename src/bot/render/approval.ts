import { formatDuration } from '../../core/duration.ts';
import { code, dateToken, foreign } from '../mrkdwn.ts';
import type { NameOf, RunCard } from './cards.ts';
import { context, header, type MessagePayload, mrkdwn, section } from './payload.ts';
import { runActions } from './run-actions.ts';

const SHOWN_STEPS = 6;

/** A request for a second person's word (UX.md 3.5): in the thread, and as a copy to each who could give it. */
export function renderApproval(card: RunCard, nameOf: NameOf): MessagePayload {
  const target = foreign(card.target, 60);
  const what = `${foreign(card.runbook, 60)}${target === '' ? '' : ` ${target}`}`;
  const actions = runActions(card);
  const until = card.approval?.expiresAt ?? 0;
  const asked = `Asked by ${foreign(nameOf(card.by), 60)}${card.reason === null ? '' : `: “${foreign(card.reason, 200)}”`}`;
  const minutes = formatDuration(Math.max(0, (until - card.requestedAt) / 1000));
  const about = [
    card.id,
    ...(card.incident === null ? [] : [card.incident]),
    `plan ${code(card.planHash.slice(0, 12))}`,
  ];
  return {
    text: `🔐 Approval needed: ${card.risk} ${what} (${card.id})`,
    blocks: [
      header(`🔐 Approval needed · ${card.risk} ${what}`),
      section(
        mrkdwn(
          `${asked}\nExpires ${dateToken(until, '{time}')} (${minutes} after it was asked)\n*Because* ${becauseOf(card)}`,
        ),
      ),
      section(mrkdwn(planOf(card))),
      ...(actions === null ? [] : [actions]),
      context(about.join(' · ')),
    ],
  };
}

/** A copy of a request that was decided: what became of it, nothing to press. */
export function renderApprovalOver(card: RunCard, nameOf: NameOf): MessagePayload {
  const what = `${card.risk} ${foreign(card.runbook, 60)} ${foreign(card.target, 60)}`.trim();
  const words = overWords(card, nameOf);
  return { text: `${card.id}: ${words}`, blocks: [section(mrkdwn(`🔐 ${what}\n${words}`)), context(card.id)] };
}

function overWords({ approval, summary }: RunCard, nameOf: NameOf): string {
  const by = approval?.by == null ? '' : ` by ${foreign(nameOf(approval.by), 60)}`;
  if (approval?.state === 'given') {
    return approval.breakGlass ? `⚠️ Glass broken${by}: it ran without a second person.` : `✓ Approved${by}.`;
  }
  if (approval?.state === 'denied') return `✖ Denied${by}${summary === null ? '' : `: ${foreign(summary, 300)}`}`;
  return `Over${summary === null ? '' : `: ${foreign(summary, 300)}`}`;
}

function becauseOf({ because }: RunCard): string {
  return because.length === 0 ? 'it asks for it' : because.map((reason) => foreign(reason, 150)).join(' · ');
}

function planOf({ plan }: RunCard): string {
  const steps = plan.filter(({ mutates }) => mutates);
  const lines = steps.slice(0, SHOWN_STEPS).map(({ call, effect, undo }, index) => {
    const back = undo === null ? 'cannot be undone' : `undo: ${foreign(undo, 120)}`;
    return `${index + 1}. ${code(call, 160)}\n      ${foreign(effect, 200)} · ${back}`;
  });
  const more = steps.length > SHOWN_STEPS ? [`+${steps.length - SHOWN_STEPS} more: View plan`] : [];
  return `*Will*\n${[...lines, ...more].join('\n') || 'nothing that changes anything'}`;
}
