import { pageForm } from '../../modals/forms/page.ts';
import { openForm } from '../../modals/open-form.ts';
import { incidentOf } from '../ids.ts';
import { saidText } from '../said.ts';
import { defineVerb, RESPONDER, type VerbDeps } from '../verb.ts';

interface PageCommand {
  readonly verb: 'page';
  /** As it was written: `@ben`, `schedule:backup`; null: nobody was named. */
  readonly to: string | null;
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
    if (!isAbout) {
      const to = whom !== undefined && /^(@|person:|schedule:|contact:)./.test(whom.word) ? whom.word : null;
      const said = saidText(to === null ? rest : rest.slice(1));
      return { kind: 'command', command: { verb: 'page', to, message: said } };
    }
    if (incidentOf(id.word, context) !== null) return { kind: 'as', verb: 'escalate', rest: [id, whom, ...message] };
    return { kind: 'unknown', what: 'incident', word: id.word, suggestions: ['about 42'] };
  },
  execute: ({ to, message }, asker, deps) => {
    const whom = to === null ? null : targetOf(to, deps);
    const given = {
      ...(whom === null ? {} : { to: whom }),
      ...(message === null ? {} : { message }),
      ...(asker.incident === null ? {} : { about: asker.incident }),
    };
    return openForm(pageForm, { incident: null, version: null, given }, asker, deps);
  },
});

/** The same as the form names it; what is not known stands for nobody there. */
function targetOf(written: string, { directory, config }: VerbDeps): string {
  if (!written.startsWith('@')) return written;
  const name = written.slice(1);
  const { schedules } = config.current().oncall;
  const person = directory.personOf(name) ?? name;
  return Object.hasOwn(schedules, person) ? `schedule:${person}` : `person:${person}`;
}
