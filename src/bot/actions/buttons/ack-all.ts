import type { Outcome } from '../../../core/command.ts';
import { incidentsOfRanges, rangesText } from '../../button.ts';
import { outcomeWithin } from '../../commands/outcome.ts';
import { whoMay } from '../../commands/who-may.ts';
import { actorOf } from '../../directory.ts';
import type { Desk } from '../../listen/deps.ts';
import { foreign } from '../../mrkdwn.ts';
import { answerOf } from '../../render/answers/answer.ts';
import { renderDenied } from '../../render/answers/refusal.ts';
import { counted } from '../../render/words.ts';
import type { Permission } from '../../roles.ts';
import type { PressHandler } from '../button.ts';
import { refuseUnknown } from '../unknown.ts';

type Asked =
  | { readonly id: string; readonly kind: 'stored'; readonly outcome: Promise<Outcome>; readonly isDuplicate: boolean }
  | { readonly id: string; readonly kind: 'denied'; readonly permission: Extract<Permission, { allowed: false }> }
  | { readonly id: string; readonly kind: 'unknown' };

/**
 * `gi.ack-all`: acknowledges every incident that the message named when it was pressed, a stored command each; the
 * presser is told how many were taken, and which were not and why.
 */
export const ackAllButton: PressHandler = {
  verb: 'ack-all',
  press: async (click, asker, deps) => {
    const ids = incidentsOfRanges(click.value.f ?? '');
    if (ids.length === 0) return refuseUnknown(asker, click);
    const asked = await Promise.all(ids.map((id) => ask(id, click.key, asker.userId, deps)));
    const denied = asked.find((each) => each.kind === 'denied');
    if (denied !== undefined && asked.every(({ kind }) => kind !== 'stored'))
      return asker.answer(renderDenied('Acknowledging', denied.permission, await whoMay(deps, denied.permission)));
    await asker.taken();
    await asker.answer(answerOf(await wordsOf(asked, deps)));
  },
};

async function ask(id: string, clickKey: string, user: string, deps: Desk): Promise<Asked> {
  const incident = await deps.incident(id);
  if (incident === null) return { id, kind: 'unknown' };
  const permission = await deps.roles.may(user, 'R1', incident.channel);
  if (!permission.allowed) {
    deps.counts.command('ack', 'refused');
    return { id, kind: 'denied', permission };
  }
  const { outcome, duplicate } = await deps.submit(`${clickKey}|${id}`, {
    v: 1,
    verb: 'ack',
    by: actorOf(user),
    at: deps.clock.now(),
    via: 'button',
    incident: id,
    seen: incident.version,
    args: {},
  });
  deps.counts.command('ack', duplicate ? 'duplicate' : 'taken');
  return { id, kind: 'stored', outcome, isDuplicate: duplicate };
}

async function wordsOf(asked: readonly Asked[], deps: Desk): Promise<string[]> {
  const reasons = new Map<string, string[]>();
  await Promise.all(
    asked.map(async (each) => {
      const reason = await reasonOf(each, deps);
      reasons.set(reason, [...(reasons.get(reason) ?? []), each.id]);
    }),
  );
  const done = reasons.get('') ?? [];
  reasons.delete('');
  const others = [...reasons].map(([reason, ids]) => `ℹ ${rangesText(ids)}: ${reason}`);
  return [`✓ Acknowledged ${done.length} of ${counted(asked.length, 'incident')}.`, ...others];
}

/** Why it was not acknowledged by this press; empty: it was. */
async function reasonOf(asked: Asked, deps: Desk): Promise<string> {
  switch (asked.kind) {
    case 'unknown':
      return 'there is no such incident.';
    case 'denied':
      return `you may not: ${foreign(asked.permission.reason, 200)}`;
    case 'stored': {
      if (asked.isDuplicate) return 'this press was taken already. It counts once.';
      const outcome = await outcomeWithin(asked.outcome, deps.clock);
      if (outcome === null) return 'stored, not decided yet. It will be; its thread shows it.';
      return outcome.kind === 'done' ? '' : foreign(named(outcome.text, deps), 300);
    }
    default:
      return asked satisfies never;
  }
}

function named(text: string, deps: Desk): string {
  return text.replace(/\bslack:[UW][A-Z0-9]{1,20}\b/g, (actor) => deps.directory.nameOf(actor));
}
