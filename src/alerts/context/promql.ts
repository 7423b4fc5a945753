import { constantOf } from './constant.ts';
import { type Piece, scanTopLevel } from './promql-scan.ts';

const COMPARISONS = ['>', '>=', '<', '<=', '==', '!='] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** What a value is compared with: it fires while `value <operator> threshold` holds. */
export interface Limit {
  readonly operator: Comparison;
  readonly value: number;
}

/** What an alert's expression looks at. */
export interface Watched {
  /** The expression whose values can be drawn whether they fire or not. */
  readonly series: string;
  /** Constants it is compared with; empty: it fires whenever it has a value, or what it is compared with moves. */
  readonly limits: readonly Limit[];
}

/** Longer expressions are not taken apart, nor asked. */
export const LONGEST_EXPRESSION = 4_096;
const MOST_LIMITS = 4;
const FLIPPED = { '>': '<', '>=': '<=', '<': '>', '<=': '>=', '==': '==', '!=': '!=' } as const;
/** After a comparison: it does not filter, its values are 0 and 1. */
const ANSWERS_YES_OR_NO = /^\s*bool\b/i;

/**
 * Splits the comparison at the top of an alert's expression into what is looked at and the constants it is compared
 * with: `rate(x[5m]) > 10` is `rate(x[5m])` and `> 10`. Of `a > 1 and b` the left side counts, since its values are
 * those that fire. What cannot be split stays whole; null: it is no expression (too long, unbalanced, empty).
 */
export function splitExpression(expression: string): Watched | null {
  const text = expression.trim();
  if (text === '' || text.length > LONGEST_EXPRESSION || scanTopLevel(text) === null) return null;
  return watchedBy(text, MOST_LIMITS);
}

function watchedBy(expression: string, left: number): Watched {
  const text = withoutOuterBrackets(expression);
  const whole: Watched = { series: text, limits: [] };
  const pieces = scanTopLevel(text) ?? [];
  const words = pieces.filter(({ kind }) => kind === 'word');
  if (left === 0 || words.some((word) => isWord(word, ['or']))) return whole;
  const filter = words.find((word) => isWord(word, ['and', 'unless']));
  if (filter !== undefined) return watchedBy(text.slice(0, filter.at), left);
  const comparison = pieces.findLast(isComparison);
  if (comparison === undefined) return whole;
  return compared(text, comparison, left) ?? whole;
}

/** null: it cannot be split there. */
function compared(text: string, { text: operator, at }: Piece & { text: Comparison }, left: number): Watched | null {
  const before = text.slice(0, at).trim();
  const after = text.slice(at + operator.length);
  if (before === '' || after.trim() === '' || ANSWERS_YES_OR_NO.test(after)) return null;
  const right = constantOf(after);
  if (right !== null) return withLimit(before, { operator, value: right }, left);
  const leading = constantOf(before);
  if (leading !== null) return withLimit(after.trim(), { operator: FLIPPED[operator], value: leading }, left);
  return { series: withoutOuterBrackets(before), limits: [] };
}

function withLimit(rest: string, limit: Limit, left: number): Watched {
  const { series, limits } = watchedBy(rest, left - 1);
  return { series, limits: [limit, ...limits] };
}

function isComparison(piece: Piece): piece is Piece & { text: Comparison } {
  return piece.kind === 'operator' && COMPARISONS.some((comparison) => comparison === piece.text);
}

function isWord({ text }: Piece, words: readonly string[]): boolean {
  return words.includes(text.toLowerCase());
}

/** `(a > 1)` as `a > 1`, but `(a) > (b)` as it is. */
function withoutOuterBrackets(expression: string): string {
  let text = expression.trim();
  while (text.startsWith('(') && text.endsWith(')')) {
    const inner = text.slice(1, -1).trim();
    if (inner === '' || scanTopLevel(inner) === null) return text;
    text = inner;
  }
  return text;
}
