import { isSecretRef, type SecretRef } from '../secret-ref.ts';

/** Invisible or reordering characters, written out so that a plan shows them. */
const UNSEEN = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/** Several lines for people: what cannot be seen is written out, line breaks and tabs stay. */
export function printLines(text: string): string {
  return text.replace(UNSEEN, escaped).replace(/(?![\t\n])\p{Cc}/gu, escaped);
}

/** A text for people, exact and unambiguous: `"a b"`, `"\u202etxt"`; a secret as `${NAME}`. */
export function printWord(word: string | SecretRef): string {
  if (isSecretRef(word)) return `\${${word.secret}}`;
  return JSON.stringify(word).replace(UNSEEN, escaped);
}

/** An argv for people: `["systemctl","restart","worker"]`. */
export function printArgv(argv: ReadonlyArray<string | SecretRef>): string {
  return `[${argv.map(printWord).join(',')}]`;
}

/** Any value as JSON for people, its secrets as `${NAME}`. */
export function printJson(value: unknown): string {
  if (isSecretRef(value) && Object.keys(value).length === 1) return printWord(value);
  if (Array.isArray(value)) return `[${value.map(printJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return printPlain(value);
  return `{${Object.entries(value)
    .map(([key, inner]) => `${printWord(key)}:${printJson(inner)}`)
    .join(',')}}`;
}

function printPlain(value: unknown): string {
  return typeof value === 'string' ? printWord(value) : (JSON.stringify(value) ?? 'null');
}

function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}
