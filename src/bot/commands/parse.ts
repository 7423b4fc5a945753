import { closest } from '../../core/suggest.ts';
import { GRAMMAR, type OpsCommand, VERBS, type Verb, verbOf } from './grammar.ts';
import { resolveName, type Vocabulary } from './names.ts';
import { readOptions } from './options.ts';
import { LONGEST_COMMAND, nameOfWord, threadOfPermalink, wordsOf } from './words.ts';

/** What is known where the command was typed. */
export interface ParseContext extends Vocabulary {
  /** The incident of the thread it was typed in. */
  readonly incidentOfThread: string | null;
  /** Incidents of linked messages, by `<channel>/<ts>`. */
  readonly incidentOfLink: ReadonlyMap<string, string>;
}

/** What a text came to. Nothing but `command` may be carried out. */
export type Parsed =
  | { readonly kind: 'command'; readonly command: OpsCommand }
  | { readonly kind: 'empty' }
  | { readonly kind: 'too-long' }
  | {
      readonly kind: 'unknown';
      readonly what: 'command' | 'service' | 'incident' | 'option';
      readonly word: string;
      /** Canonical words, nearest first, at most five. */
      readonly suggestions: readonly string[];
    }
  | { readonly kind: 'ambiguous'; readonly word: string; readonly candidates: readonly string[] }
  | { readonly kind: 'missing'; readonly verb: Verb; readonly what: 'incident' }
  /** Words left over that a command with effects must not ignore. */
  | { readonly kind: 'surplus'; readonly verb: Verb; readonly word: string };

const MOST_IDS = 20;

/** Reads a command line: pure, tolerant in form, never guessing at what to do (UX.md 3.13). */
export function parseCommand(text: string, context: ParseContext): Parsed {
  if (text.length > LONGEST_COMMAND) return { kind: 'too-long' };
  const words = verbFirst(dropOwnName(wordsOf(text)), context);
  const first = words[0];
  if (first === undefined) return { kind: 'empty' };
  const verb = verbOf(nameOfWord(first));
  if (verb === null) return unknownCommand(first);
  const rest = words.slice(1);
  switch (verb) {
    case 'help':
      return { kind: 'command', command: { verb, topic: rest[0] === undefined ? null : verbOf(nameOfWord(rest[0])) } };
    case 'status':
      return parseStatus(rest, context);
    case 'probe':
      return parseProbe(rest, context);
    case 'restart':
      return parseRestart(rest, context);
    case 'oncall':
      return { kind: 'command', command: { verb } };
    case 'incident':
      return parseIncident(rest, context);
    case 'ack':
    case 'resolve':
      return parseIds(verb, rest, context);
    default:
      return verb satisfies never;
  }
}

function unknownCommand(word: string): Parsed {
  return { kind: 'unknown', what: 'command', word, suggestions: closest(nameOfWord(word), VERBS) };
}

function dropOwnName(words: string[]): string[] {
  return /^[/@]gianna$/i.test(words[0] ?? '') ? words.slice(1) : words;
}

/** Puts the verb first: `42 ack`, `incident ack 42`, `gianna restart` are all fine. */
function verbFirst(words: string[], context: ParseContext): string[] {
  const [first, second, ...rest] = words;
  if (first === undefined || second === undefined) return words;
  const verb = verbOf(nameOfWord(second));
  if (verb === null || verbOf(nameOfWord(first)) !== null) return words;
  if (incidentOf(first, context) !== null) return [second, first, ...rest];
  if (!context.services.includes(nameOfWord(first))) return words;
  return takesService(verb) ? [second, first, ...rest] : [second, ...rest];
}

function takesService(verb: Verb): boolean {
  return verb === 'status' || verb === 'probe' || verb === 'restart';
}

function parseStatus(rest: readonly string[], context: ParseContext): Parsed {
  const word = rest[0];
  if (word === undefined) return { kind: 'command', command: { verb: 'status', service: null } };
  const incident = incidentOf(word, context);
  if (incident !== null) return { kind: 'command', command: { verb: 'incident', incident } };
  const found = resolveName(word, context.services);
  if (found.kind !== 'name') return found;
  return { kind: 'command', command: { verb: 'status', service: found.name } };
}

function parseProbe(rest: readonly string[], context: ParseContext): Parsed {
  const { positional, options } = readOptions(rest);
  const share = options.has('share') && options.get('share') !== 'false';
  const word = positional[0] ?? options.get('service') ?? context.serviceOfThread;
  if (word === null || nameOfWord(word) === 'all') {
    return { kind: 'command', command: { verb: 'probe', subject: { kind: 'all' }, share } };
  }
  const found = resolveName(word, [...context.services, ...context.probes]);
  if (found.kind !== 'name') return found;
  const kind = context.services.includes(found.name) ? 'service' : 'probe';
  return { kind: 'command', command: { verb: 'probe', subject: { kind, name: found.name }, share } };
}

function parseRestart(rest: readonly string[], context: ParseContext): Parsed {
  const { positional, options } = readOptions(rest);
  for (const option of options.keys()) {
    if (option === 'mode' || option === 'service') continue;
    return { kind: 'unknown', what: 'option', word: option, suggestions: closest(option, ['mode', 'service']) };
  }
  const [word = options.get('service'), surplus] = positional;
  if (surplus !== undefined) return { kind: 'surplus', verb: 'restart', word: surplus };
  const mode = options.get('mode') ?? null;
  if (mode !== null && !context.restartModes.includes(mode)) {
    return { kind: 'unknown', what: 'option', word: `mode=${mode}`, suggestions: context.restartModes };
  }
  if (word === undefined)
    return { kind: 'command', command: { verb: 'restart', service: context.serviceOfThread, mode } };
  const found = resolveName(word, context.services);
  if (found.kind !== 'name') return found;
  return { kind: 'command', command: { verb: 'restart', service: found.name, mode } };
}

function parseIncident(rest: readonly string[], context: ParseContext): Parsed {
  const [first, second] = rest;
  const verb = verbOf(nameOfWord(first ?? ''));
  if (first !== undefined && (verb === 'ack' || verb === 'resolve')) return parseIds(verb, rest.slice(1), context);
  if (verb === 'status') return { kind: 'command', command: { verb: 'status', service: null } };
  const incident = first === undefined ? context.incidentOfThread : incidentOf(first, context);
  if (incident === null) {
    if (first === undefined) return { kind: 'command', command: { verb: 'status', service: null } };
    return { kind: 'unknown', what: 'incident', word: first, suggestions: ['incident list'] };
  }
  if (second === undefined) return { kind: 'command', command: { verb: 'incident', incident } };
  const then = verbOf(nameOfWord(second));
  if (then === 'ack' || then === 'resolve') return parseIds(then, [incident, ...rest.slice(2)], context);
  return {
    kind: 'unknown',
    what: 'command',
    word: second,
    suggestions: closest(nameOfWord(second), ['ack', 'resolve']),
  };
}

function parseIds(verb: 'ack' | 'resolve', words: readonly string[], context: ParseContext): Parsed {
  if (words.length === 0) {
    if (context.incidentOfThread === null) return { kind: 'missing', verb, what: 'incident' };
    return { kind: 'command', command: { verb, incidents: [context.incidentOfThread] } };
  }
  const incidents = new Set<string>();
  for (const word of words) {
    const incident = incidentOf(word, context);
    if (incident === null) {
      if (incidents.size > 0) return { kind: 'surplus', verb, word };
      return { kind: 'unknown', what: 'incident', word, suggestions: GRAMMAR[verb].examples };
    }
    incidents.add(incident);
  }
  if (incidents.size > MOST_IDS) return { kind: 'surplus', verb, word: `${incidents.size} incidents` };
  return { kind: 'command', command: { verb, incidents: [...incidents] } };
}

/** `42`, `#42`, `GI-42`, `gi42` or a link to a message of its thread. */
function incidentOf(word: string, context: ParseContext): string | null {
  const number = /^(?:#|gi-?|#gi-)?([1-9]\d{0,8})$/i.exec(nameOfWord(word))?.[1];
  if (number !== undefined) return `GI-${number}`;
  const thread = threadOfPermalink(word);
  return thread === null ? null : (context.incidentOfLink.get(thread) ?? null);
}
