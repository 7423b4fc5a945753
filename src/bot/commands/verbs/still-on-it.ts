import { changeIncidents } from '../change.ts';
import { spanAsked } from '../span-asked.ts';
import { readSpan, type Span } from '../spans.ts';
import { readTargets } from '../targets.ts';
import { defineVerb, RESPONDER } from '../verb.ts';

interface StillOnItCommand {
  readonly verb: 'still-on-it';
  readonly incidents: readonly string[];
  /** null: as the severity has it. */
  readonly span: Span | null;
}

/** `still-on-it ID [30m]`: the clock of the acknowledgement counts anew. */
export const stillOnItVerb = defineVerb<StillOnItCommand>({
  verb: 'still-on-it',
  about: 'incident',
  group: 'Incidents',
  usage: 'still-on-it ID [30m|2h]',
  says: 'you still have it: nobody is asked for a while',
  examples: ['still-on-it 42', 'still-on-it 42 1h'],
  risk: 'R1',
  who: RESPONDER,
  aliases: ['still', 'on-it', 'keep'],
  isMinor: true,
  parse: (rest, context) => {
    const targets = readTargets('still-on-it', rest, context);
    if (targets.kind !== 'targets') return targets;
    const said = targets.rest.filter(({ word }) => word.toLowerCase() !== 'for');
    const read = readSpan(said.map(({ word }) => word));
    const [first] = said;
    if (first !== undefined && read === null) {
      return { kind: 'unknown', what: 'time', word: first.word, suggestions: ['30m', '2h', 'until 18:00'] };
    }
    const surplus = said[read?.taken ?? 0];
    if (surplus !== undefined) return { kind: 'surplus', verb: 'still-on-it', word: surplus.word };
    return {
      kind: 'command',
      command: { verb: 'still-on-it', incidents: targets.incidents, span: read?.span ?? null },
    };
  },
  execute: async ({ incidents, span }, asker, deps) => {
    const asked = await spanAsked(span, asker, deps);
    const change = { verb: 'still-on-it', doing: 'Answering', right: 'R1' } as const;
    const args = asked === null ? {} : { seconds: asked.seconds };
    const readAs = asked === null ? {} : { readAs: asked.readAs };
    await changeIncidents({ ...change, args, ...readAs }, incidents, asker, deps);
  },
});
