import { closest } from '../../core/suggest.ts';
import { type Arguments, readArguments } from './arguments.ts';
import { type Moment, readMoment } from './moments.ts';
import { resolveName } from './names.ts';
import { namesPerson, readPersonWord } from './person-asked.ts';
import { saidReason } from './said.ts';
import { readSpan, type Span } from './spans.ts';
import type { NotUnderstood, VerbContext } from './verb.ts';
import { readWords, type Word } from './words.ts';

/** What a person says of something that is laid over a schedule; null: it was not said. */
export interface Laid {
  /** A name of oncall.yml. */
  readonly schedule: string | null;
  /** Null: from now on. */
  readonly from: Moment | null;
  readonly span: Span | null;
  readonly reason: string | null;
}

/** The same with the people that it begins with: `slack:U01`, a key of oncall.yml, or `me`. */
export interface LaidRead {
  readonly kind: 'laid';
  readonly people: readonly string[];
  readonly laid: Laid;
}

const OPTIONS = {
  for: 'span',
  from: 'moment',
  to: 'moment',
  until: 'moment',
  schedule: 'word',
  reason: 'text',
} as const;
const TIMES = ['4h', 'until 18:00', 'until tomorrow 9am', '2026-12-24T18:00'];
const BETWEEN = /^(with|and)$/i;

type Times = { -readonly [K in 'from' | 'span']: Laid[K] };

/**
 * Reads `@ben from fri 18:00 until mon 9am in primary REASON`, or the same by options. At most `most` people; the first
 * word that is neither a time nor a schedule begins the reason.
 */
export function readLaid(words: readonly Word[], most: number, context: VerbContext): LaidRead | NotUnderstood {
  const said = readArguments(words, OPTIONS);
  if (said.unknown !== null) {
    const suggestions = closest(said.unknown, Object.keys(OPTIONS));
    return { kind: 'unknown', what: 'option', word: said.unknown, suggestions };
  }
  const named = readPeople(said.positional, most, context);
  if ('kind' in named) return named;
  const times = optionTimes(said);
  if ('kind' in times) return times;
  const asked = scheduleOf(said.options.get('schedule'), context);
  if (asked !== null && asked.kind !== 'name') return asked;
  const { rest, schedule } = readTimes(named.rest, times, asked?.name ?? null, context);
  const wrong = wrongTime(rest);
  if (wrong !== null) return wrong;
  const reason = saidReason(said.options.get('reason'), rest);
  return { kind: 'laid', people: named.people, laid: { schedule, ...times, reason } };
}

function readPeople(words: readonly Word[], most: number, context: VerbContext) {
  const people: string[] = [];
  let rest = words;
  while (people.length < most) {
    const [first, second] = rest;
    const isBetween = first !== undefined && second !== undefined && BETWEEN.test(first.word);
    const who = isBetween && (people.length > 0 || /^with$/i.test(first.word)) ? second : first;
    if (who === undefined || isTime(who === first ? rest : rest.slice(1))) break;
    // after the first, only what can be nothing else: it may be the reason already
    if (people.length > 0 && who === first && !namesPerson(who.word, context)) break;
    const person = readPersonWord(who.word, context);
    if (typeof person !== 'string') return person;
    people.push(person);
    rest = rest.slice(who === first ? 1 : 2);
  }
  return { people, rest };
}

function isTime(words: readonly Word[]): boolean {
  const [first] = words;
  return first !== undefined && (/^(for|from|until|till|in)$/i.test(first.word) || readSpan(textsOf(words)) !== null);
}

function optionTimes({ options }: Arguments): Times | NotUnderstood {
  const times: Times = { from: null, span: null };
  for (const name of ['for', 'from', 'to', 'until'] as const) {
    const value = options.get(name);
    if (value === undefined || (name === 'from' && /^now$/i.test(value))) continue;
    const texts = textsOf(readWords(value));
    const moment = name === 'for' ? null : readMoment(texts);
    const span =
      name === 'for' ? (readSpan(texts)?.span ?? null) : moment && ({ kind: 'until', ...moment.moment } as const);
    if (span === null) return unknownTime(value);
    if (name === 'from') times.from = moment?.moment ?? null;
    else times.span = span;
  }
  return times;
}

/** Takes times and the schedule from the beginning of some words; `times` is filled in. */
function readTimes(words: readonly Word[], times: Times, named: string | null, context: VerbContext) {
  let rest = words;
  let schedule = named;
  for (;;) {
    const [first, second] = rest;
    const word = first?.word.toLowerCase();
    const begin = word === 'from' && times.from === null ? beginOf(textsOf(rest.slice(1))) : null;
    const read = times.span === null ? readSpan(textsOf(rest)) : null;
    if (begin !== null) {
      times.from = begin.moment;
      rest = rest.slice(begin.taken + 1);
    } else if (read !== null) {
      times.span = read.span;
      rest = rest.slice(read.taken);
    } else if (word === 'in' && schedule === null && second !== undefined && context.schedules.includes(second.word)) {
      schedule = second.word;
      rest = rest.slice(2);
    } else return { rest, schedule };
  }
}

function scheduleOf(word: string | undefined, { schedules }: VerbContext) {
  return word === undefined ? null : resolveName(word, schedules, 'schedule');
}

function beginOf(words: readonly string[]): { readonly moment: Moment | null; readonly taken: number } | null {
  return words[0]?.toLowerCase() === 'now' ? { moment: null, taken: 1 } : readMoment(words);
}

/** A reason that begins as a time does was meant to be one. */
function wrongTime([first, second]: readonly Word[]): NotUnderstood | null {
  if (first === undefined || !/^(for|from|until|till)$/i.test(first.word)) return null;
  return unknownTime(second?.word ?? first.word);
}

function unknownTime(word: string): NotUnderstood {
  return { kind: 'unknown', what: 'time', word: word === '' ? 'nothing' : word, suggestions: TIMES };
}

function textsOf(words: readonly Word[]): string[] {
  return words.map(({ word }) => word);
}
