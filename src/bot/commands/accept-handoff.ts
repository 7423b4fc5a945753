import { actorOf } from '../directory.ts';
import type { Desk } from '../listen/deps.ts';
import { answerOf } from '../render/answers/answer.ts';
import { renderNotListed } from '../render/answers/not-listed.ts';
import type { Asker } from './asker.ts';
import { outcomeWithin, outcomeWords } from './outcome.ts';

/**
 * Takes a shift for its asker: the handoff of an id, or the one that waits. Whose it is to take, the schedule says: no
 * role is asked for, but the asker is somebody of oncall.yml.
 */
export async function acceptHandoff(id: string | null, asker: Asker, deps: Desk): Promise<void> {
  if (deps.directory.personOf(asker.userId) === null) {
    deps.counts.command('handoff-accept', 'refused');
    return asker.answer(renderNotListed(asker.userId, asker.userId));
  }
  const { outcome, duplicate } = await deps.submit(asker.key, {
    v: 1,
    verb: 'handoff-accept',
    by: actorOf(asker.userId),
    at: deps.clock.now(),
    via: asker.via,
    args: id === null ? {} : { id },
  });
  deps.counts.command('handoff-accept', duplicate ? 'duplicate' : 'taken');
  await asker.taken();
  const subject = id ?? 'Handoff';
  if (duplicate) return asker.answer(answerOf([`ℹ ${subject}: this was taken already. It counts once.`]));
  const ended = await outcomeWithin(outcome, deps.clock);
  await asker.answer(answerOf([outcomeWords(subject, ended, deps.directory.nameOf)]));
}
