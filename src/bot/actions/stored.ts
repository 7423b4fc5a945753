import type { JsonObject } from '../../core/json.ts';
import { outcomeWithin, outcomeWords } from '../commands/outcome.ts';
import { whoMay } from '../commands/who-may.ts';
import { actorOf } from '../directory.ts';
import { answerOf } from '../render/answers/answer.ts';
import { renderDenied, renderRefusal } from '../render/answers/refusal.ts';
import type { Right } from '../roles.ts';
import type { OwnClick, PressHandler } from './button.ts';
import { refuseUnknown } from './unknown.ts';

export interface StoredButton {
  readonly right: Right;
  /** Begins the sentence of a refusal: `Acknowledging`. */
  readonly doing: string;
  /** The command that a press stands for; absent: the button's own verb, without more. */
  readonly command?: (click: OwnClick, userId: string) => { readonly verb?: string; readonly args: JsonObject };
}

/** A button whose press is a command about an incident: authorise → validate → store → acknowledge → tell what it came to. */
export function storedButton(verb: string, { right, doing, command }: StoredButton): PressHandler {
  return {
    verb,
    press: async (click, asker, deps) => {
      const id = click.value.i;
      if (id === undefined) return refuseUnknown(asker, click);
      const incident = await deps.incident(id);
      const permission = await deps.roles.may(asker.userId, right, incident?.channel ?? null);
      if (!permission.allowed) {
        deps.counts.command(verb, 'refused');
        return asker.answer(renderDenied(doing, permission, await whoMay(deps, permission)));
      }
      if (incident === null) return asker.answer(renderRefusal({ happened: `There is no incident ${id}.` }));
      const { outcome, duplicate } = await deps.submit(click.key, {
        v: 1,
        verb,
        by: actorOf(asker.userId),
        at: deps.clock.now(),
        via: 'button',
        incident: id,
        seen: click.value.n,
        args: {},
        ...command?.(click, asker.userId),
      });
      deps.counts.command(verb, duplicate ? 'duplicate' : 'taken');
      await asker.taken();
      if (duplicate) return asker.answer(answerOf([`ℹ ${id}: this press was taken already. It counts once.`]));
      const ended = await outcomeWithin(outcome, deps.clock);
      // What was done shows in the thread by itself; a person is told what was not.
      if (ended?.kind === 'done') return;
      await asker.answer(answerOf([outcomeWords(id, ended, deps.directory.nameOf)]));
    },
  };
}
