import { acceptHandoff } from '../accept-handoff.ts';
import { defineVerb } from '../verb.ts';

interface AcceptCommand {
  readonly verb: 'handoff-accept';
  /** `HND-7`; null: the one that waits for the asker. */
  readonly id: string | null;
}

/** `oncall accept`: the next person takes the shift. */
export const handoffAcceptVerb = defineVerb<AcceptCommand>({
  verb: 'handoff-accept',
  about: 'roster',
  group: 'People',
  usage: 'oncall accept [HND-1]',
  says: 'take the shift that waits for you',
  examples: ['oncall accept', 'oncall accept HND-1'],
  risk: 'R1',
  who: 'whose shift it is',
  aliases: ['accept'],
  isMinor: true,
  parse: ([first, surplus]) => {
    if (surplus !== undefined) return { kind: 'surplus', verb: 'handoff-accept', word: surplus.word };
    if (first === undefined) return { kind: 'command', command: { verb: 'handoff-accept', id: null } };
    const number = /^#?(?:hnd-)?([1-9]\d{0,8})$/i.exec(first.word)?.[1];
    if (number !== undefined) return { kind: 'command', command: { verb: 'handoff-accept', id: `HND-${number}` } };
    return { kind: 'unknown', what: 'handoff', word: first.word, suggestions: ['oncall accept'] };
  },
  execute: ({ id }, asker, deps) => acceptHandoff(id, asker, deps),
});
