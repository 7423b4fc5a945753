import { closest } from '../../../core/suggest.ts';
import { insteadOfAt } from '../../../oncall/stand-in.ts';
import { renderOncall } from '../../render/answers/oncall.ts';
import type { Asker } from '../asker.ts';
import { knowNames } from '../know-names.ts';
import { defineVerb, EVERYBODY, type ParsedAs, type VerbContext, type VerbDeps } from '../verb.ts';
import { nameOfWord, type Word } from '../words.ts';

interface OncallCommand {
  readonly verb: 'oncall';
}

/** `oncall`: who is on call now and next; `oncall override …` and its like are the verbs of their own files. */
export const oncallVerb = defineVerb<OncallCommand>({
  verb: 'oncall',
  about: null,
  group: 'People',
  usage: 'oncall [override|swap|shifts|overrides|accept|simulate …]',
  says: 'who is on call now and next',
  examples: ['oncall'],
  risk: 'R0',
  who: EVERYBODY,
  aliases: ['on-call', 'who', 'whois', 'duty'],
  parse,
  execute,
  pressed: () => ({ verb: 'oncall' }),
});

function parse([first, ...rest]: readonly Word[], context: VerbContext): ParsedAs<OncallCommand> {
  const word = first?.word ?? '';
  const verb = context.verbOf(word);
  if (verb !== null && context.rosterVerbs.includes(verb)) return { kind: 'as', verb, rest };
  // words too many do no harm to what only reads; one that was meant to change something is not read as this
  const near = verb === null ? closest(nameOfWord(word), context.rosterVerbs) : [];
  if (near.length === 0) return { kind: 'command', command: { verb: 'oncall' } };
  return {
    kind: 'unknown',
    what: 'command',
    word: `oncall ${word}`,
    suggestions: near.map((each) => `oncall ${each}`),
  };
}

async function execute(_command: OncallCommand, asker: Asker, deps: VerbDeps): Promise<void> {
  const now = deps.clock.now();
  const { people, contacts, schedules } = deps.config.current().oncall;
  const [report, overrides, handoffs] = await Promise.all([deps.oncallReport(now), deps.overrides(), deps.handoffs()]);
  const manager = contacts.manager?.person ?? null;
  const shown = report.map((row) => {
    const rules = schedules[row.schedule];
    return { ...row, insteadOf: rules === undefined ? [] : insteadOfAt(rules, now) };
  });
  const named = [...shown.flatMap((row) => [...row.now, ...row.next, ...row.insteadOf]), manager ?? ''];
  await knowNames(named, deps);
  const facts = {
    schedules: shown,
    manager,
    now,
    zoneOf: (person: string) => people[person]?.timezone ?? null,
    nameOfPerson: deps.directory.nameOfPerson,
    overrides: overrides.length,
    handoffs,
    asker: deps.directory.personOf(asker.userId),
  };
  await asker.answer(renderOncall(facts));
}
