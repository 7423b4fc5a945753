/**
 * Matchers of a silence as people write them: words in (as `amtool` takes them), checked matchers or the word that is
 * wrong out. Values may stand in double quotes with `\"`, `\\` and `\n`; `=~` and `!~` are RE2, anchored at both ends.
 */
import { whyBadPattern } from '../../core/config/label-match.ts';
import type { SilenceMatcher } from '../alertmanager.ts';

/** What reading matchers came to. `text` names what is wrong and holds foreign text: escape before showing. */
export type MatchersRead =
  | { readonly kind: 'ok'; readonly matchers: readonly SilenceMatcher[] }
  | { readonly kind: 'wrong'; readonly text: string; readonly remedy: string };

const MOST_MATCHERS = 30;
const LONGEST_VALUE = 1000;
const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const MATCHER = /^([^\s=!~"]*)\s*(=~|!=|!~|=)\s*(.*)$/s;
/** White space before something that looks like the next matcher. */
const NEXT = /^\s+(?=[a-zA-Z_][a-zA-Z0-9_]*\s*(?:=~|!=|!~|=))/;

/** Reads matchers separated by commas, line breaks or white space, with or without braces around them. */
export function parseMatchers(text: string): MatchersRead {
  return parseMatcherWords([text]);
}

/** The same of several words, as a shell hands them over. */
export function parseMatcherWords(words: readonly string[]): MatchersRead {
  const matchers: SilenceMatcher[] = [];
  for (const part of words.flatMap((word) => splitMatchers(withoutBraces(word)))) {
    const read = parseOne(part);
    if ('kind' in read) return read;
    matchers.push(read);
  }
  return checkMatchers(matchers);
}

/** Checks matchers that did not come as text: names, lengths, regular expressions. Each is kept once. */
export function checkMatchers(matchers: readonly SilenceMatcher[]): MatchersRead {
  if (matchers.length === 0)
    return wrong('There is no matcher.', 'Write at least one, such as alertname=HighErrorRate.');
  if (matchers.length > MOST_MATCHERS) {
    return wrong(`There are ${matchers.length} matchers.`, `Use ${MOST_MATCHERS} at most.`);
  }
  for (const matcher of matchers) {
    const refused = whyWrong(matcher);
    if (refused !== null) return refused;
  }
  const byText = new Map(matchers.map((matcher) => [printMatcher(matcher), matcher]));
  return { kind: 'ok', matchers: [...byText.values()] };
}

/** `alertname="HighErrorRate"`: what `parseMatchers` reads again. Foreign text: escape before showing. */
export function printMatcher({ name, value, isRegex, isEqual }: SilenceMatcher): string {
  const operator = isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=';
  const escaped = value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
  return `${name}${operator}"${escaped}"`;
}

/** All of them, in an order of their own, so that the same matchers have the same text. */
export function printMatchers(matchers: readonly SilenceMatcher[]): string {
  return [...matchers].map(printMatcher).sort().join(', ');
}

function parseOne(part: string): SilenceMatcher | Extract<MatchersRead, { kind: 'wrong' }> {
  const [, name, operator, written] = MATCHER.exec(part) ?? [];
  if (name === undefined || operator === undefined || written === undefined) {
    return wrong(`"${shortened(part)}" is no matcher.`, 'Write name=value, name!=value, name=~regex or name!~regex.');
  }
  const value = unquoted(written);
  if (value === null) {
    return wrong(
      `The quotes of "${shortened(part)}" do not fit together.`,
      'Write name="value", and \\" for a quote in it.',
    );
  }
  return { name, value, isRegex: operator.endsWith('~'), isEqual: !operator.startsWith('!') };
}

function whyWrong({ name, value, isRegex }: SilenceMatcher): Extract<MatchersRead, { kind: 'wrong' }> | null {
  if (!NAME.test(name)) {
    return wrong(
      `"${shortened(name)}" is no name of a label.`,
      'Label names are letters, digits and "_", not a digit first.',
    );
  }
  if (value.length > LONGEST_VALUE) {
    return wrong(
      `The value of ${name} has ${value.length} characters.`,
      `Use ${LONGEST_VALUE} at most, or a regular expression.`,
    );
  }
  const why = isRegex ? whyBadPattern(value) : null;
  if (why === null) return null;
  return wrong(
    `The value of ${name} is no regular expression (RE2): ${why}.`,
    'Correct it, or use = for the literal text.',
  );
}

function withoutBraces(word: string): string {
  const trimmed = word.trim();
  return trimmed.startsWith('{') && trimmed.endsWith('}') ? trimmed.slice(1, -1) : trimmed;
}

function splitMatchers(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (isQuoted && character === '\\') {
      part += text.slice(at, at + 2);
      at += 1;
      continue;
    }
    if (character === '"') isQuoted = !isQuoted;
    const gap = isQuoted ? null : separatorAt(text, at);
    if (gap === null) {
      part += character;
      continue;
    }
    parts.push(part);
    part = '';
    at += gap - 1;
  }
  return [...parts, part].map((each) => each.trim()).filter((each) => each !== '');
}

/** Length of what separates two matchers here; null: nothing does. */
function separatorAt(text: string, at: number): number | null {
  const character = text.charAt(at);
  if (character === ',' || character === '\n' || character === '\r') return 1;
  if (character !== ' ' && character !== '\t') return null;
  return NEXT.exec(text.slice(at, at + LONGEST_VALUE))?.[0].length ?? null;
}

/** null: quotes that do not fit together. */
function unquoted(written: string): string | null {
  if (!written.startsWith('"')) return written.includes('"') ? null : written;
  const [, inner] = /^"((?:[^"\\]|\\.)*)"$/s.exec(written) ?? [];
  return inner?.replace(/\\(["\\n])/g, (_, character) => (character === 'n' ? '\n' : String(character))) ?? null;
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function wrong(text: string, remedy: string): Extract<MatchersRead, { kind: 'wrong' }> {
  return { kind: 'wrong', text, remedy };
}
