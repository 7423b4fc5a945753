import { closest } from '../../../core/suggest.ts';
import { openRun } from '../../modals/run/open-run.ts';
import { renderRunbook, renderRunbooks } from '../../render/answers/runbooks.ts';
import { readArguments } from '../arguments.ts';
import { resolveName } from '../names.ts';
import { defineVerb, type ParsedAs, RESPONDER, type VerbContext } from '../verb.ts';
import { nameOfWord, type Word } from '../words.ts';

interface RunbookCommand {
  readonly verb: 'runbook';
  readonly what:
    | { readonly kind: 'list' }
    | { readonly kind: 'show'; readonly name: string }
    | {
        readonly kind: 'run';
        readonly name: string;
        readonly given: Readonly<Record<string, string>>;
        readonly dryRun: boolean;
      };
}

/** `runbook list | show NAME | run NAME [name=value …] [--dry-run]`: running opens the form, and never runs by itself. */
export const runbookVerb = defineVerb<RunbookCommand>({
  verb: 'runbook',
  about: null,
  group: 'Act',
  usage: 'runbook list | runbook show NAME | runbook run NAME [name=value …] [--dry-run]',
  says: 'what can be run, what one asks for, and running it; asks first',
  examples: ['runbook list', 'runbook show restart', 'runbook run restart service=gianna --dry-run'],
  risk: 'R2',
  who: `${RESPONDER}, or whom the runbook names; to list and show: everybody`,
  aliases: ['runbooks', 'rb'],
  parse,
  execute: async ({ what }, asker, deps) => {
    const { runbooks } = deps.config.current();
    if (what.kind === 'run') {
      const { name: runbook, given, dryRun } = what;
      const request = { runbook, given, incident: asker.incident, version: 0, dryRun: dryRun ? true : null };
      return openRun(request, asker, deps);
    }
    const shown = what.kind === 'show' ? runbooks[what.name] : undefined;
    return asker.answer(shown === undefined ? renderRunbooks(Object.values(runbooks)) : renderRunbook(shown));
  },
});

function parse(words: readonly Word[], context: VerbContext): ParsedAs<RunbookCommand> {
  const dryRun = words.some(isDryRun);
  const [first, second, ...rest] = words.filter((word) => !isDryRun(word));
  const asked = (what: RunbookCommand['what']): ParsedAs<RunbookCommand> => ({
    kind: 'command',
    command: { verb: 'runbook', what },
  });
  const act = nameOfWord(first?.word ?? 'list');
  if (act === 'list' || act === 'ls') return second === undefined ? asked({ kind: 'list' }) : surplus(second);
  if (act !== 'show' && act !== 'run') {
    return { kind: 'unknown', what: 'option', word: first?.word ?? '', suggestions: ['list', 'show', 'run'] };
  }
  if (second === undefined) return asked({ kind: 'list' });
  const names = Object.keys(context.runbooks);
  const found = resolveName(second.word, names, 'runbook');
  if (found.kind !== 'name') return found;
  if (act === 'show') return rest[0] === undefined ? asked({ kind: 'show', name: found.name }) : surplus(rest[0]);
  const given = readGiven(rest, context.runbooks[found.name] ?? [], context.runbookWords[found.name]?.takes ?? []);
  if (given.kind === 'unknown') return given;
  return asked({ kind: 'run', name: found.name, given: given.values, dryRun });
}

/**
 * `name=value` of the parameters that the runbook has, as they were typed; `_` may be written `-`. Words without a name
 * are for the parameters that its own word takes, in their order.
 */
function readGiven(words: readonly Word[], parameters: readonly string[], takes: Takes) {
  const kind = takes.length === 0 ? 'text' : 'word';
  const kinds = Object.fromEntries(parameters.map((name) => [nameOfWord(name), kind] as const));
  const { positional, options: named, unknown } = readArguments(words, kinds);
  const { options, left } = takeInOrder(positional, named, takes);
  const strange = unknown ?? left?.word.split('=', 1)[0];
  if (strange !== undefined) {
    const suggestions = closest(strange, parameters);
    return {
      kind: 'unknown',
      what: 'option',
      word: strange,
      suggestions: suggestions.length > 0 ? suggestions : parameters.slice(0, 5),
    } as const;
  }
  const values = parameters.flatMap((name) => {
    const value = options.get(nameOfWord(name));
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  return { kind: 'given', values: Object.fromEntries(values) } as const;
}

type Takes = VerbContext['runbookWords'][string]['takes'];

function takeInOrder(words: readonly Word[], named: ReadonlyMap<string, string>, takes: Takes) {
  const options = new Map(named);
  let rest = words;
  for (const { name, isList } of takes) {
    const asked = nameOfWord(name);
    if (options.has(asked) || rest.length === 0) continue;
    const taken = rest.slice(0, isList ? rest.length : 1);
    options.set(asked, taken.map(({ raw }) => raw.replace(/[`,;]+$|^`/g, '')).join(' '));
    rest = rest.slice(taken.length);
  }
  return { options, left: rest[0] };
}

function isDryRun({ word }: Word): boolean {
  return /^--?dry-?run$/i.test(word);
}

function surplus({ word }: Word): ParsedAs<RunbookCommand> {
  return { kind: 'surplus', verb: 'runbook', word };
}
