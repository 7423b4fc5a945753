import { outcomeWithin } from '../../commands/outcome.ts';
import { silenceWords } from '../../commands/silence-words.ts';
import { whoMay } from '../../commands/who-may.ts';
import { actorOf } from '../../directory.ts';
import { answerOf } from '../../render/answers/answer.ts';
import { renderDenied, renderRefusal } from '../../render/answers/refusal.ts';
import type { PressHandler } from '../button.ts';
import { refuseUnknown } from '../unknown.ts';

/** `gi.lift`: ends the silence of an incident, or one of the list. */
export const liftButton: PressHandler = {
  verb: 'lift',
  press: async (click, asker, deps) => {
    const { i, s } = click.value;
    const named = s === undefined ? null : await deps.silences.view(s);
    const about = i ?? named?.incident ?? null;
    const incident = about === null ? null : await deps.incident(about);
    const permission = await deps.roles.may(asker.userId, 'R1', incident?.channel ?? null);
    if (!permission.allowed) {
      deps.counts.command('lift', 'refused');
      return asker.answer(renderDenied('Lifting a silence', permission, await whoMay(deps, permission)));
    }
    if (i !== undefined && incident === null) return refuseUnknown(asker, click);
    const id = s ?? incident?.quiet?.silence;
    if (id === undefined) {
      const happened = `${about ?? 'What this button is about'} is not silenced any more.`;
      return asker.answer(renderRefusal({ happened, todo: 'See `/gianna silence list`.' }));
    }
    const { outcome, duplicate } = await deps.submit(click.key, {
      v: 1,
      verb: 'lift',
      by: actorOf(asker.userId),
      at: deps.clock.now(),
      via: 'button',
      ...(incident === null ? {} : { incident: incident.id, seen: click.value.n }),
      args: { id },
    });
    deps.counts.command('lift', duplicate ? 'duplicate' : 'taken');
    await asker.taken();
    if (duplicate) return asker.answer(answerOf([`ℹ ${id}: this press was taken already. It counts once.`]));
    await asker.answer(answerOf([await silenceWords(await outcomeWithin(outcome, deps.clock), deps)]));
  },
};
