import { OpsError } from '../../../core/errors.ts';
import type { WhoMay } from '../../commands/who-may.ts';
import { foreign } from '../../mrkdwn.ts';
import type { Permission } from '../../roles.ts';
import type { PlainBlock } from '../payload.ts';
import { type Answer, answerOf } from './answer.ts';

/** What happened, what did not, what to do (UX.md 3.7, errors). All three are our own words or escaped already. */
export interface Refusal {
  readonly happened: string;
  /** Default: `Nothing was changed.` */
  readonly not?: string;
  readonly todo?: string;
  readonly reference?: string;
}

/** An error or refusal in the one form that all of them have. Never a stack trace. */
export function renderRefusal(refusal: Refusal, extra: readonly PlainBlock[] = []): Answer {
  const parts = [`✖ ${refusal.happened}`, refusal.not ?? 'Nothing was changed.', refusal.todo ?? ''];
  if (refusal.reference !== undefined) parts.push(`ref ${refusal.reference}`);
  return answerOf([parts.filter((part) => part !== '').join(' ')], extra);
}

/** Anything thrown, for the person who asked: a refusal in its own words, a bug as a reference into the log. */
export function renderThrown(thrown: unknown, doing: string, reference: string): Answer {
  if (thrown instanceof OpsError && thrown.family !== 'bug') {
    return renderRefusal({
      happened: `Could not ${doing}: ${foreign(thrown.message, 400)}`,
      todo: foreign(thrown.remedy, 400),
    });
  }
  return renderRefusal({
    happened: `Could not ${doing}: something went wrong inside Gianna Ops.`,
    not: 'What was stored before stays stored; nothing further was done.',
    todo: 'Look at the incident before trying again.',
    reference,
  });
}

/** A person who may not: the role that is needed, who has it, and who is on call where that does. Names only. */
export function renderDenied(
  doing: string,
  permission: Extract<Permission, { allowed: false }>,
  { holders, onCall }: WhoMay,
): Answer {
  const asked = [
    ...(onCall.length === 0 ? [] : [`${namesOf(onCall)} (on call)`]),
    ...holders.filter(({ names }) => names.length > 0).map(({ role, names }) => `${namesOf(names)} (${role})`),
  ];
  const todo = asked.length === 0 ? 'Nobody may at present: ask an admin.' : `Ask ${asked.join(', or ')}.`;
  return renderRefusal({ happened: `${doing} ${permission.reason}.`, todo });
}

const MOST_NAMES = 5;

function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map((name) => foreign(name, 60));
  return [...shown, ...(names.length > MOST_NAMES ? [`${names.length - MOST_NAMES} more`] : [])].join(', ');
}
