import { changeIncidents } from '../change.ts';
import { readIds } from '../ids.ts';
import { defineVerb, RESPONDER } from '../verb.ts';

/** `ack ID…`: takes incidents, their pages stop. */
export const ackVerb = defineVerb<{ readonly verb: 'ack'; readonly incidents: readonly string[] }>({
  verb: 'ack',
  about: 'incident',
  group: 'Incidents',
  usage: 'ack ID…',
  says: 'take it: the pages stop',
  examples: ['ack 42', 'ack GI-42 GI-43'],
  risk: 'R1',
  who: RESPONDER,
  aliases: ['acknowledge', 'take', 'mine'],
  parse: (rest, context) => {
    const read = readIds('ack', rest, context);
    return read.kind === 'ids' ? { kind: 'command', command: { verb: 'ack', incidents: read.incidents } } : read;
  },
  execute: ({ incidents }, asker, deps) =>
    changeIncidents({ verb: 'ack', doing: 'Acknowledging', right: 'R1', args: {} }, incidents, asker, deps),
});
