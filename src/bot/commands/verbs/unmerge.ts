import { changeIncidents } from '../change.ts';
import { saidText } from '../said.ts';
import { readTargets } from '../targets.ts';
import { defineVerb, RESPONDER } from '../verb.ts';

interface UnmergeCommand {
  readonly verb: 'unmerge';
  readonly incidents: readonly string[];
  readonly reason: string | null;
}

/** `unmerge ID [REASON]`: it stands on its own again. */
export const unmergeVerb = defineVerb<UnmergeCommand>({
  verb: 'unmerge',
  about: 'incident',
  group: 'Incidents',
  usage: 'unmerge ID [REASON]',
  says: 'it stands on its own again',
  examples: ['unmerge 42'],
  risk: 'R1',
  who: RESPONDER,
  aliases: ['un-merge', 'unfold'],
  parse: (rest, context) => {
    const targets = readTargets('unmerge', rest, context);
    if (targets.kind !== 'targets') return targets;
    const reason = saidText(targets.rest);
    return { kind: 'command', command: { verb: 'unmerge', incidents: targets.incidents, reason } };
  },
  execute: ({ incidents, reason }, asker, deps) => {
    const change = { verb: 'unmerge', doing: 'Undoing the merge', right: 'R1' } as const;
    return changeIncidents({ ...change, args: reason === null ? {} : { reason } }, incidents, asker, deps);
  },
});
