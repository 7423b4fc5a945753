import { changeIncidents } from '../change.ts';
import { readIds } from '../ids.ts';
import { defineVerb, RESPONDER } from '../verb.ts';

/** `unsnooze ID…`: its pages go on. */
export const unsnoozeVerb = defineVerb<{ readonly verb: 'unsnooze'; readonly incidents: readonly string[] }>({
  verb: 'unsnooze',
  about: 'incident',
  group: 'Incidents',
  usage: 'unsnooze ID…',
  says: 'its pages go on',
  examples: ['unsnooze 42'],
  risk: 'R1',
  who: RESPONDER,
  aliases: ['wake', 'un-snooze', 'unpause'],
  parse: (rest, context) => {
    const read = readIds('unsnooze', rest, context);
    return read.kind === 'ids' ? { kind: 'command', command: { verb: 'unsnooze', incidents: read.incidents } } : read;
  },
  execute: ({ incidents }, asker, deps) =>
    changeIncidents({ verb: 'unsnooze', doing: 'Waking', right: 'R1', args: {} }, incidents, asker, deps),
});
