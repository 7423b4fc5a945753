import { RE2JS } from 're2js';
import type { LabelMatch } from './config.ts';

type WrittenValue = string | number | boolean;
const LONGEST_PATTERN = 1000;

/** The expression inside `/…/`; null when the value is meant literally. */
export function patternOf(written: unknown): string | null {
  if (typeof written !== 'string' || written.length < 3) return null;
  return written.startsWith('/') && written.endsWith('/') ? written.slice(1, -1) : null;
}

/** Why a pattern cannot be used; null when it can. */
export function whyBadPattern(pattern: string): string | null {
  if (pattern.length > LONGEST_PATTERN) return `longer than ${LONGEST_PATTERN} characters`;
  try {
    RE2JS.compile(pattern);
    return null;
  } catch (error) {
    const text = error instanceof Error ? error.message : 'it cannot be read';
    return text.replace(/^error parsing regexp: /, '');
  }
}

/** What a route wants of a label, as rooms read it. */
export function toLabelMatch(written: WrittenValue | readonly WrittenValue[]): LabelMatch {
  const pattern = patternOf(written);
  if (pattern !== null) return { kind: 'pattern', pattern };
  const values = typeof written === 'object' ? written : [written];
  return { kind: 'values', values: values.map(String) };
}

/** Whether labels are as wanted, each of them; one that is missing counts as empty, as in Alertmanager. Compiles once. */
export function compileLabelMatch(
  match: Readonly<Record<string, LabelMatch>>,
): (labels: Readonly<Record<string, string>>) => boolean {
  const conditions = Object.entries(match).map(([label, wanted]) => compileCondition(label, wanted));
  return (labels) => conditions.every((holds) => holds(labels));
}

function compileCondition(label: string, wanted: LabelMatch): (labels: Readonly<Record<string, string>>) => boolean {
  switch (wanted.kind) {
    case 'values': {
      const values = new Set(wanted.values);
      return (labels) => values.has(labels[label] ?? '');
    }
    case 'pattern': {
      const pattern = RE2JS.compile(wanted.pattern);
      return (labels) => pattern.matches(labels[label] ?? '');
    }
    default:
      return wanted satisfies never;
  }
}
