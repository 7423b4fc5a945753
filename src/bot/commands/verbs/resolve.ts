import { changeIncidents } from '../change.ts';
import { readIds } from '../ids.ts';
import { defineVerb, RESPONDER } from '../verb.ts';

/** `resolve ID…`: incidents are over. */
export const resolveVerb = defineVerb<{ readonly verb: 'resolve'; readonly incidents: readonly string[] }>({
  verb: 'resolve',
  about: 'incident',
  group: 'Incidents',
  usage: 'resolve ID…',
  says: 'it is over',
  examples: ['resolve 42'],
  risk: 'R1',
  who: RESPONDER,
  aliases: ['resolved', 'done', 'close', 'fixed'],
  parse: (rest, context) => {
    const read = readIds('resolve', rest, context);
    return read.kind === 'ids' ? { kind: 'command', command: { verb: 'resolve', incidents: read.incidents } } : read;
  },
  execute: ({ incidents }, asker, deps) =>
    changeIncidents({ verb: 'resolve', doing: 'Resolving', right: 'R1', args: {} }, incidents, asker, deps),
});
