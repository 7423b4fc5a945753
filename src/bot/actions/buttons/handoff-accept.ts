import { outcomeWithin, outcomeWords } from '../../commands/outcome.ts';
import { actorOf } from '../../directory.ts';
import { answerOf } from '../../render/answers/answer.ts';
import type { PressHandler } from '../button.ts';
import { refuseUnknown } from '../unknown.ts';

/** `gi.handoff-accept`: the next person takes the shift. Whose it is to take, the schedule says: no role is asked for. */
export const handoffAcceptButton: PressHandler = {
  verb: 'handoff-accept',
  press: async (click, asker, deps) => {
    const id = click.value.s;
    if (id === undefined) return refuseUnknown(asker, click);
    const { outcome, duplicate } = await deps.submit(click.key, {
      v: 1,
      verb: 'handoff-accept',
      by: actorOf(asker.userId),
      at: deps.clock.now(),
      via: 'button',
      args: { id },
    });
    deps.counts.command('handoff-accept', duplicate ? 'duplicate' : 'taken');
    await asker.taken();
    if (duplicate) return asker.answer(answerOf([`ℹ ${id}: this press was taken already. It counts once.`]));
    const ended = await outcomeWithin(outcome, deps.clock);
    await asker.answer(answerOf([outcomeWords(id, ended, deps.directory.nameOf)]));
  },
};
