import { DAY_MS } from '../../../core/wall-time.ts';
import { nextHandoffOf, shiftsOf } from '../../../oncall/shifts.ts';
import { renderNotListed } from '../../render/answers/not-listed.ts';
import { renderShifts } from '../../render/answers/shifts.ts';
import type { Asker } from '../asker.ts';
import { knowNames } from '../know-names.ts';
import { personAsked, readPersonWord } from '../person-asked.ts';
import { defineVerb, EVERYBODY, type VerbDeps } from '../verb.ts';

interface ShiftsCommand {
  readonly verb: 'shifts';
  /** `slack:U01`, a key of oncall.yml, or `me`. */
  readonly person: string;
}

const AHEAD_MS = 28 * DAY_MS;

/** `oncall shifts [@ben]`: when somebody is on call in the next four weeks. */
export const shiftsVerb = defineVerb<ShiftsCommand>({
  verb: 'shifts',
  about: 'roster',
  group: 'People',
  usage: 'oncall shifts [@PERSON|NAME|me]',
  says: 'when you are on call in the next four weeks',
  examples: ['oncall shifts', 'oncall shifts @ben'],
  risk: 'R0',
  who: EVERYBODY,
  aliases: ['shift', 'my-shifts'],
  parse: ([first], context) => {
    const person = first === undefined ? 'me' : readPersonWord(first.word, context);
    return typeof person === 'string' ? { kind: 'command', command: { verb: 'shifts', person } } : person;
  },
  execute,
  pressed: () => ({ verb: 'shifts', person: 'me' }),
});

async function execute({ person }: ShiftsCommand, asker: Asker, deps: VerbDeps): Promise<void> {
  const who = personAsked(person, asker.userId, deps);
  if (who.kind === 'unlisted') return asker.answer(renderNotListed(who.account, asker.userId));
  const { oncall } = deps.config.current();
  const now = deps.clock.now();
  const span = { from: now, to: now + AHEAD_MS };
  const schedules = shiftsOf(oncall, who.key, span);
  const others = schedules.flatMap(({ shifts }) =>
    shifts.flatMap((each) => [...each.insteadOf, ...(each.standIns ?? [])]),
  );
  await knowNames([who.key, ...others], deps);
  const facts = {
    person: who.key,
    isAsker: deps.directory.personOf(asker.userId) === who.key,
    schedules,
    next: nextHandoffOf(schedules, span),
    span,
    nameOfPerson: deps.directory.nameOfPerson,
  };
  await asker.answer(renderShifts(facts));
}
