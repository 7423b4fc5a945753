import { createRedact } from '../../../core/redact.ts';
import { isSecretRef } from '../../secret-ref.ts';
import type { SecretField } from '../fields.ts';
import { printLines, printWord } from '../printed.ts';
import { type FileBody, hasSecret } from './body.ts';
import { unifiedDiff } from './diff.ts';
import { textOf } from './edit.ts';
import { digestOf, type FileState } from './read.ts';

const LONGEST_DIFF = 80;
const CONTEXT = 3;
/** By form; what the process knows by value is hidden by whoever shows the plan. */
const redact = createRedact({ redact: (text) => text });

export type Present = Exclude<FileState, { kind: 'unfit' }>;

/**
 * What would be written there, for people: digests, and the diff unless the new content holds a secret. A diff of `set`
 * has no context, since the other lines of an env-file are often secrets; what looks like one is redacted.
 */
export function describeChange(body: FileBody, present: Present, text: string): string {
  const before = present.kind === 'file' ? `sha256 ${present.digest.slice(0, 12)}` : 'not there';
  const head = `write ${present.path} (${before} → ${hasSecret(body) ? 'not shown' : `sha256 ${digestOf(text).slice(0, 12)}`})`;
  const more = [
    body.mode === undefined ? [] : `mode ${body.mode}`,
    body.owner === undefined ? [] : `owner ${body.owner}`,
  ];
  const first = [head, ...more.flat()].join(', ');
  if (hasSecret(body)) return `${first}; ${describeSecretly(body)}`;
  const diff = body.show === 'digest' ? '' : diffOf(body, present, text);
  return diff === '' ? first : `${first}\n${diff}`;
}

function diffOf(body: FileBody, present: Present, text: string): string {
  const before = present.kind === 'file' ? textOf(present.bytes) : '';
  if (before === null) return '(it is not text: no diff)';
  const context = body.set === undefined ? CONTEXT : 0;
  return printLines(redact(unifiedDiff(before, text, { name: present.path, context, longest: LONGEST_DIFF })));
}

function describeSecretly({ content, replace, set }: FileBody): string {
  if (content !== undefined) return `content ${sayValue(content)}`;
  if (replace !== undefined) return `${printWord(replace.from)} becomes ${sayValue(replace.to)}`;
  return Object.entries(set ?? {})
    .map(([name, value]) => `${name}=${sayValue(value)}`)
    .join(', ');
}

function sayValue(value: SecretField): string {
  return isSecretRef(value) ? printWord(value) : redact(printWord(value));
}
