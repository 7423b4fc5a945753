import { pageForm } from '../../modals/forms/page.ts';
import { openForm } from '../../modals/open-form.ts';
import { incidentOf } from '../ids.ts';
import { saidText } from '../said.ts';
import { defineVerb, RESPONDER } from '../verb.ts';

interface PageCommand {
  readonly verb: 'page';
  readonly message: string | null;
}

/** `oncall page`: opens the form; `oncall page @marco about 42 MESSAGE` is `escalate`, and done at once. */
export const pageVerb = defineVerb<PageCommand>({
  verb: 'page',
  about: 'roster',
  group: 'People',
  usage: 'oncall page [@PERSON|schedule:NAME|contact:NAME about ID] [MESSAGE]',
  says: 'page somebody by name, about an open incident or a new one',
  examples: ['oncall page', 'oncall page @marco about 42 the replica is gone too'],
  risk: 'R1',
  who: RESPONDER,
  aliases: ['call'],
  parse: (rest, context) => {
    const [whom, about, id, ...message] = rest;
    const isAbout = whom !== undefined && about?.word.toLowerCase() === 'about' && id !== undefined;
    if (!isAbout) return { kind: 'command', command: { verb: 'page', message: saidText(rest) } };
    if (incidentOf(id.word, context) !== null) return { kind: 'as', verb: 'escalate', rest: [id, whom, ...message] };
    return { kind: 'unknown', what: 'incident', word: id.word, suggestions: ['about 42'] };
  },
  execute: ({ message }, asker, deps) => {
    const given = {
      ...(message === null ? {} : { message }),
      ...(asker.incident === null ? {} : { about: asker.incident }),
    };
    return openForm(pageForm, { incident: null, version: null, given }, asker, deps);
  },
});
