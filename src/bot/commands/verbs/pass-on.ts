import { changeIncidents } from '../change.ts';
import { readIds } from '../ids.ts';
import { defineVerb, RESPONDER } from '../verb.ts';

/** `pass-on ID…`: the next in line is paged now. */
export const passOnVerb = defineVerb<{ readonly verb: 'pass-on'; readonly incidents: readonly string[] }>({
  verb: 'pass-on',
  about: 'incident',
  group: 'Incidents',
  usage: 'pass-on ID…',
  says: 'you cannot: page the next in line',
  examples: ['pass-on 42'],
  risk: 'R1',
  who: RESPONDER,
  aliases: ['pass', 'passon'],
  isMinor: true,
  parse: (rest, context) => {
    const read = readIds('pass-on', rest, context);
    return read.kind === 'ids' ? { kind: 'command', command: { verb: 'pass-on', incidents: read.incidents } } : read;
  },
  execute: ({ incidents }, asker, deps) =>
    changeIncidents({ verb: 'pass-on', doing: 'Passing it on', right: 'R1', args: {} }, incidents, asker, deps),
});
