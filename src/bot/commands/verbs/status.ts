import { renderStatus } from '../../render/answers/status.ts';
import { incidentOf } from '../ids.ts';
import { resolveName } from '../names.ts';
import { silencesWithin } from '../silences-within.ts';
import { defineVerb, EVERYBODY } from '../verb.ts';

/** `status [service]`: what is open, and how the bot itself is. */
export const statusVerb = defineVerb<{ readonly verb: 'status'; readonly service: string | null }>({
  verb: 'status',
  about: 'service',
  group: 'Look',
  usage: 'status [service]',
  says: 'open incidents and how the bot itself is',
  examples: ['status', 'status gianna'],
  risk: 'R0',
  who: EVERYBODY,
  aliases: ['st', 'ls', 'ps', 'list', 'incidents', 'health'],
  parse: (rest, context) => {
    const [first] = rest;
    if (first === undefined) return { kind: 'command', command: { verb: 'status', service: null } };
    if (incidentOf(first.word, context) !== null) return { kind: 'as', verb: 'incident', rest: [first] };
    const found = resolveName(first.word, context.services);
    return found.kind === 'name' ? { kind: 'command', command: { verb: 'status', service: found.name } } : found;
  },
  execute: async ({ service }, asker, deps) => {
    const [incidents, health, silences] = await Promise.all([
      deps.listIncidents(),
      deps.health(),
      silencesWithin(deps),
    ]);
    const { nameOf } = deps.directory;
    await asker.answer(renderStatus({ incidents, health, silences, service, now: deps.clock.now(), nameOf }));
  },
  pressed: (subject) => ({ verb: 'status', service: subject?.kind === 'service' ? subject.name : null }),
});
