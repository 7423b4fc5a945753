import type { JsonObject } from '../../core/json.ts';
import { actorOf } from '../directory.ts';
import type { Desk } from '../listen/deps.ts';
import { answerOf } from '../render/answers/answer.ts';
import { renderDenied } from '../render/answers/refusal.ts';
import type { Asker } from './asker.ts';
import { outcomeWithin } from './outcome.ts';
import { rosterWords } from './roster-words.ts';
import { whoMay } from './who-may.ts';

/** A change of who is on call that a person asks for, whole. */
export interface RosterChange {
  readonly verb: 'override' | 'swap' | 'override-remove';
  /** Begins the sentence of a refusal: `Swapping shifts`. */
  readonly doing: string;
  readonly args: JsonObject;
  /** How times were read, told before what it came to. */
  readonly readAs: string;
}

/** Authorises and stores it, then says what it came to. */
export async function changeRoster(change: RosterChange, asker: Asker, deps: Desk): Promise<void> {
  const { verb, args } = change;
  const permission = await deps.roles.may(asker.userId, 'R1', null);
  if (!permission.allowed) {
    deps.counts.command(verb, 'refused');
    return asker.answer(renderDenied(change.doing, permission, await whoMay(deps, permission)));
  }
  const { outcome, duplicate } = await deps.submit(`${asker.key}|${verb}`, {
    v: 1,
    verb,
    by: actorOf(asker.userId),
    at: deps.clock.now(),
    via: asker.via,
    args,
  });
  deps.counts.command(verb, duplicate ? 'duplicate' : 'taken');
  await asker.taken();
  if (duplicate) return asker.answer(answerOf(['ℹ This was taken already. It counts once.']));
  const words = await rosterWords(await outcomeWithin(outcome, deps.clock), deps);
  await asker.answer(answerOf([change.readAs, words]));
}
