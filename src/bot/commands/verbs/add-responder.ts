import { addResponderForm } from '../../modals/forms/add-responder.ts';
import { changeOrAsk } from '../change-or-ask.ts';
import { readPersonWord } from '../person-asked.ts';
import { readTargets } from '../targets.ts';
import { defineVerb, RESPONDER } from '../verb.ts';

interface AddResponderCommand {
  readonly verb: 'add-responder';
  readonly incidents: readonly string[];
  /** `slack:U01`, or a key of oncall.yml. */
  readonly person: string | null;
}

/** `add-responder ID @ben`: paged now, beside the owner. */
export const addResponderVerb = defineVerb<AddResponderCommand>({
  verb: 'add-responder',
  about: 'incident',
  group: 'Incidents',
  usage: 'add-responder ID @PERSON|NAME',
  says: 'call somebody in beside the owner: they are paged now',
  examples: ['add-responder 42 @ben', 'add-responder 42 marco'],
  risk: 'R1',
  who: RESPONDER,
  aliases: ['responder', 'call-in', 'add'],
  isMinor: true,
  parse: (rest, context) => {
    const targets = readTargets('add-responder', rest, context);
    if (targets.kind !== 'targets') return targets;
    const { incidents } = targets;
    const [who, surplus] = targets.rest;
    if (surplus !== undefined) return { kind: 'surplus', verb: 'add-responder', word: surplus.word };
    const person = who === undefined ? null : readPersonWord(who.word, context);
    if (person !== null && typeof person !== 'string') return person;
    return { kind: 'command', command: { verb: 'add-responder', incidents, person } };
  },
  execute: ({ incidents, person }, asker, deps) => {
    const own = `slack:${asker.userId}`;
    const args = person === null ? null : { person: person === 'me' ? own : person };
    return changeOrAsk(addResponderForm, { incidents, args, given: {} }, asker, deps);
  },
});
