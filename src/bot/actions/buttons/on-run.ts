import type { Risk } from '../../../core/config/config.ts';
import { outcomeWithin, outcomeWords } from '../../commands/outcome.ts';
import { whoMay } from '../../commands/who-may.ts';
import { actorOf } from '../../directory.ts';
import { openPlan, openWord } from '../../modals/run-word/open-word.ts';
import { WORDS } from '../../modals/run-word/word.ts';
import { answerOf } from '../../render/answers/answer.ts';
import { renderDenied, renderRefusal } from '../../render/answers/refusal.ts';
import type { Right } from '../../roles.ts';
import type { PressHandler } from '../button.ts';
import { refuseUnknown } from '../unknown.ts';

/** Verbs on a run that a press stands for, with how a refusal begins. */
const STORED: Readonly<Record<string, string>> = {
  stop: 'Stopping',
  abort: 'Aborting',
  continue: 'Answering',
  skip: 'Skipping',
  resume: 'Resuming',
  undo: 'Taking it back',
  abandon: 'Leaving it',
};

/** Every button about a run: those that open a form first, those whose press is a command, and those that only show. */
export const RUN_BUTTONS: readonly PressHandler[] = [
  ...WORDS.map((word): PressHandler => {
    return {
      verb: word.verb,
      press: (click, asker, deps) =>
        click.value.r === undefined ? refuseUnknown(asker, click) : openWord(word, click.value.r, asker, deps),
    };
  }),
  {
    verb: 'plan',
    press: (click, asker, deps) =>
      click.value.r === undefined ? refuseUnknown(asker, click) : openPlan(click.value.r, asker, deps),
  },
  ...Object.entries(STORED).map(([verb, doing]) => stored(verb, doing)),
];

/** Authorise → validate → store → acknowledge → tell what did not happen: what did shows in the run's message. */
function stored(verb: string, doing: string): PressHandler {
  return {
    verb,
    press: async (click, asker, deps) => {
      const id = click.value.r;
      if (id === undefined) return refuseUnknown(asker, click);
      const run = await deps.run(id);
      if (run === null) return asker.answer(renderRefusal({ happened: `There is no run ${id}.` }));
      const incident = run.incident === null ? null : await deps.incident(run.incident);
      const permission = await deps.roles.may(asker.userId, rightFor(run.risk), incident?.channel ?? null, [], '*');
      if (!permission.allowed) {
        deps.counts.command(verb, 'refused');
        return asker.answer(renderDenied(doing, permission, await whoMay(deps, permission)));
      }
      const { outcome, duplicate } = await deps.submit(click.key, {
        v: 1,
        verb,
        by: actorOf(asker.userId),
        at: deps.clock.now(),
        via: 'button',
        run: id,
        ...(run.incident === null ? {} : { incident: run.incident }),
        seen: click.value.n,
        args: {},
      });
      deps.counts.command(verb, duplicate ? 'duplicate' : 'taken');
      await asker.taken();
      if (duplicate) return asker.answer(answerOf([`ℹ ${id}: this press was taken already. It counts once.`]));
      const ended = await outcomeWithin(outcome, deps.clock);
      if (ended?.kind === 'done') return;
      await asker.answer(answerOf([outcomeWords(id, ended, deps.directory.nameOf)]));
    },
  };
}

function rightFor(risk: Risk): Right {
  if (risk === 'R0') return 'evidence';
  return risk === 'R1' ? 'R1' : 'R2';
}
