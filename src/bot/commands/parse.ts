import { closest } from '../../core/suggest.ts';
import { INCIDENT_VERBS, type OpsCommand, ROSTER_VERBS, specOf, VERBS, verbOf } from './grammar.ts';
import { incidentOf } from './ids.ts';
import { runbookOfWord } from './runbook-word.ts';
import type { NotUnderstood, ParseContext, VerbContext } from './verb.ts';
import { LONGEST_COMMAND, nameOfWord, readWords, type Word } from './words.ts';

/** What a text came to. Nothing but `command` may be carried out. */
export type Parsed =
  | { readonly kind: 'command'; readonly command: OpsCommand }
  | { readonly kind: 'empty' }
  | NotUnderstood;

/** Reads a command line: pure, tolerant in form, never guessing at what to do (UX.md 3.13). */
export function parseCommand(text: string, context: ParseContext): Parsed {
  if (text.length > LONGEST_COMMAND) return { kind: 'too-long' };
  const [first, ...rest] = verbFirst(dropOwnName(readWords(text)), context);
  if (first === undefined) return { kind: 'empty' };
  const known = { verbOf, incidentVerbs: INCIDENT_VERBS, rosterVerbs: ROSTER_VERBS };
  // `oncall page @ben about 42` is `page`, which is `escalate`
  return parseAs(first.word, rest, { ...context, ...known }, 2);
}

function parseAs(name: string, rest: readonly Word[], context: VerbContext, redirects: number): Parsed {
  const verb = verbOf(name);
  const runbook = verb === null ? runbookOfWord(name, context) : null;
  if (runbook !== null) return parseAs('runbook', [said('run'), said(runbook), ...rest], context, redirects);
  if (verb === null) return unknownCommand(name, context);
  const parsed = specOf(verb).parse(rest, context);
  if (parsed.kind !== 'as') return parsed;
  return redirects === 0 ? unknownCommand(name, context) : parseAs(parsed.verb, parsed.rest, context, redirects - 1);
}

function unknownCommand(word: string, { runbookWords }: VerbContext): Parsed {
  const known = [...VERBS, ...Object.keys(runbookWords)];
  return { kind: 'unknown', what: 'command', word, suggestions: closest(nameOfWord(word), known) };
}

function said(word: string): Word {
  return { word, raw: word, newLine: false };
}

function dropOwnName(words: Word[]): Word[] {
  return /^[/@]gianna$/i.test(words[0]?.word ?? '') ? words.slice(1) : words;
}

/** Puts the verb first: `42 ack`, `incident ack 42`, `gianna restart` are all fine. */
function verbFirst(words: Word[], context: ParseContext): Word[] {
  const [first, second, ...rest] = words;
  if (first === undefined || second === undefined) return words;
  const verb = verbOf(second.word);
  if (verb === null || verbOf(first.word) !== null) return words;
  const { about, risk } = specOf(verb);
  if (incidentOf(first.word, context) !== null) {
    return about === 'incident' || about === 'service' || risk === 'R0' ? [second, first, ...rest] : words;
  }
  if (!context.services.includes(nameOfWord(first.word))) return words;
  return about === 'service' ? [second, first, ...rest] : [second, ...rest];
}
