import { renderPaged } from '../../render/answers/paged.ts';
import { unknownIncident } from '../change.ts';
import { readIds } from '../ids.ts';
import { defineVerb, EVERYBODY } from '../verb.ts';

/** `paged ID`: who was paged for an incident, when, by what, with what answer. */
export const pagedVerb = defineVerb<{ readonly verb: 'paged'; readonly incident: string }>({
  verb: 'paged',
  about: 'incident',
  group: 'Look',
  usage: 'paged ID',
  says: 'who was paged for an incident, when, by what, with what answer',
  examples: ['paged 42'],
  risk: 'R0',
  who: EVERYBODY,
  aliases: ['pages'],
  isMinor: true,
  parse: (rest, context) => {
    const read = readIds('paged', rest, context);
    if (read.kind !== 'ids') return read;
    const [incident = '', other] = read.incidents;
    if (other !== undefined) return { kind: 'surplus', verb: 'paged', word: other };
    return { kind: 'command', command: { verb: 'paged', incident } };
  },
  execute: async ({ incident }, asker, deps) => {
    const rows = await deps.paged(incident);
    if (rows === null) return asker.answer(unknownIncident(incident));
    await asker.answer(renderPaged(incident, rows, deps.directory));
  },
});
