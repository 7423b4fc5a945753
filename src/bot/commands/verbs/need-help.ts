import { changeIncidents } from '../change.ts';
import { readIds } from '../ids.ts';
import { defineVerb, RESPONDER } from '../verb.ts';

/** `need-help ID…`: the next level is paged now. */
export const needHelpVerb = defineVerb<{ readonly verb: 'need-help'; readonly incidents: readonly string[] }>({
  verb: 'need-help',
  about: 'incident',
  group: 'Incidents',
  usage: 'need-help ID…',
  says: 'page the next level now',
  examples: ['need-help 42'],
  risk: 'R1',
  who: RESPONDER,
  aliases: ['help-me'],
  isMinor: true,
  parse: (rest, context) => {
    const read = readIds('need-help', rest, context);
    return read.kind === 'ids' ? { kind: 'command', command: { verb: 'need-help', incidents: read.incidents } } : read;
  },
  execute: ({ incidents }, asker, deps) =>
    changeIncidents({ verb: 'need-help', doing: 'Asking for help', right: 'R1', args: {} }, incidents, asker, deps),
});
