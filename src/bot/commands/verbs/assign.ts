import { assignForm } from '../../modals/forms/assign.ts';
import { changeOrAsk } from '../change-or-ask.ts';
import { readPersonWord } from '../person-asked.ts';
import { readTargets } from '../targets.ts';
import { defineVerb, RESPONDER } from '../verb.ts';

interface AssignCommand {
  readonly verb: 'assign';
  readonly incidents: readonly string[];
  /** `slack:U01`, a key of oncall.yml, or `me`. */
  readonly to: string | null;
}

/** `assign ID @ben`: gives it to somebody; the pages stop. */
export const assignVerb = defineVerb<AssignCommand>({
  verb: 'assign',
  about: 'incident',
  group: 'Incidents',
  usage: 'assign ID @PERSON|NAME|me',
  says: 'give it to somebody: the pages stop',
  examples: ['assign 42 @ben', 'assign 42 me'],
  risk: 'R1',
  who: RESPONDER,
  aliases: ['owner', 'give', 'hand-over', 'handover'],
  isMinor: true,
  parse: (rest, context) => {
    const targets = readTargets('assign', rest, context);
    if (targets.kind !== 'targets') return targets;
    const { incidents } = targets;
    const [who, surplus] = targets.rest.filter(({ word }) => word.toLowerCase() !== 'to');
    if (surplus !== undefined) return { kind: 'surplus', verb: 'assign', word: surplus.word };
    if (who === undefined) return { kind: 'command', command: { verb: 'assign', incidents, to: null } };
    const person = readPersonWord(who.word, context);
    return typeof person === 'string'
      ? { kind: 'command', command: { verb: 'assign', incidents, to: person } }
      : person;
  },
  execute: ({ incidents, to }, asker, deps) => {
    const own = deps.directory.personOf(asker.userId) ?? `slack:${asker.userId}`;
    const owner = to === 'me' ? own : to;
    return changeOrAsk(assignForm, { incidents, args: owner === null ? null : { to: owner }, given: {} }, asker, deps);
  },
});
