import { closest } from '../../../core/suggest.ts';
import { answerOf } from '../../render/answers/answer.ts';
import { incidentLine } from '../../render/answers/status.ts';
import { unknownIncident } from '../change.ts';
import { incidentOf } from '../ids.ts';
import { defineVerb, EVERYBODY, type ParsedAs, type VerbContext } from '../verb.ts';
import { nameOfWord, type Word } from '../words.ts';

interface IncidentCommand {
  readonly verb: 'incident';
  readonly incident: string;
}

/** `incident ID`: one incident as a line; `incident ID ack`, `incident ack ID` and `incident open …` are the other verb's. */
export const incidentVerb = defineVerb<IncidentCommand>({
  verb: 'incident',
  about: null,
  group: 'Incidents',
  usage: 'incident list | incident open "TITLE" | incident ID [ack|resolve|note|severity|assign|snooze|merge|…]',
  says: 'one incident, or the list',
  examples: ['incident list', 'incident 42', 'incident 42 ack', 'incident open "checkout slow" --sev p1'],
  risk: 'R0',
  who: EVERYBODY,
  aliases: ['inc', 'show'],
  parse,
  execute: async ({ incident: id }, asker, deps) => {
    const incident = await deps.incident(id);
    if (incident === null) return asker.answer(unknownIncident(id));
    const line = incidentLine(incident, { now: deps.clock.now(), nameOf: deps.directory.nameOf });
    await asker.answer(answerOf([line]));
  },
});

function parse(rest: readonly Word[], context: VerbContext): ParsedAs<IncidentCommand> {
  const [first, second] = rest;
  if (first === undefined) {
    const { incidentOfThread } = context;
    if (incidentOfThread === null) return { kind: 'as', verb: 'status', rest: [] };
    return { kind: 'command', command: { verb: 'incident', incident: incidentOfThread } };
  }
  const named = context.verbOf(first.word);
  if (named === 'open' || (named !== null && context.incidentVerbs.includes(named)))
    return { kind: 'as', verb: named, rest: rest.slice(1) };
  if (named === 'status') return { kind: 'as', verb: 'status', rest: [] };
  const incident = incidentOf(first.word, context);
  if (incident === null) return { kind: 'unknown', what: 'incident', word: first.word, suggestions: ['incident list'] };
  if (second === undefined) return { kind: 'command', command: { verb: 'incident', incident } };
  const then = context.verbOf(second.word);
  if (then !== null && context.incidentVerbs.includes(then)) {
    return { kind: 'as', verb: then, rest: [first, ...rest.slice(2)] };
  }
  const suggestions = closest(nameOfWord(second.word), context.incidentVerbs);
  return { kind: 'unknown', what: 'command', word: second.word, suggestions };
}
