import { renderOncall } from '../../render/answers/oncall.ts';
import { defineVerb, EVERYBODY } from '../verb.ts';

/** `oncall`: who is on call now and next. */
export const oncallVerb = defineVerb<{ readonly verb: 'oncall' }>({
  verb: 'oncall',
  about: null,
  group: 'People',
  usage: 'oncall',
  says: 'who is on call now and next',
  examples: ['oncall'],
  risk: 'R0',
  who: EVERYBODY,
  aliases: ['on-call', 'who', 'whois', 'duty'],
  parse: ([first, ...rest]) =>
    first?.word.toLowerCase() === 'simulate'
      ? { kind: 'as', verb: 'simulate', rest }
      : { kind: 'command', command: { verb: 'oncall' } },
  execute: async (_command, asker, deps) => {
    const now = deps.clock.now();
    const { people, contacts } = deps.config.current().oncall;
    const facts = {
      schedules: await deps.oncallReport(now),
      manager: contacts.manager?.person ?? null,
      now,
      zoneOf: (person: string) => people[person]?.timezone ?? null,
      nameOfPerson: deps.directory.nameOfPerson,
    };
    await asker.answer(renderOncall(facts));
  },
  pressed: () => ({ verb: 'oncall' }),
});
