/** How narrow matchers are: what would mute nearly everything, and what can mute nothing at all. Pure. */
import type { SilenceMatcher } from '../alertmanager.ts';
import type { Labels } from '../payload.ts';
import { compileMatcher, labelOf } from './match.ts';
import { printMatcher } from './matcher.ts';

/** One of these has to be named: a silence is about an alert, a service or a place. */
export const NARROWING = ['alertname', 'service', 'component', 'job', 'instance'] as const;
/** Values that nobody uses: an expression that takes one of them takes nearly everything. */
const IMPROBABLE = ['Qqxjvkzw', 'zq7-xk.w_1', 'qxj', 'ZQ7', '7:71'] as const;

/** Whether some matcher says what the silence is about. */
export function isNarrow(matchers: readonly SilenceMatcher[]): boolean {
  return matchers.some((matcher) => NARROWING.some((name) => name === matcher.name) && narrows(matcher));
}

/** Two matchers that exclude each other; null: there may be an alert that satisfies all. */
export function contradictionIn(matchers: readonly SilenceMatcher[]): readonly [string, string] | null {
  for (const fixed of matchers) {
    if (fixed.isRegex || !fixed.isEqual) continue;
    const against = matchers.find((other) => other.name === fixed.name && !compileMatcher(other)(fixed.value));
    if (against !== undefined) return [printMatcher(fixed), printMatcher(against)];
  }
  return null;
}

/** The labels that every muted alert has, as far as the matchers say. */
export function labelsOfMatchers(matchers: readonly SilenceMatcher[]): Labels {
  const fixed = matchers.filter(({ isEqual, isRegex, value }) => isEqual && !isRegex && value !== '');
  const labels: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const { name, value } of fixed) labels[name] = value;
  return labels;
}

const TELLING = ['component', 'service', 'severity', 'job', 'alertname', 'instance'];

/** A matcher that would keep the first alerts and leave out the others; null: no single label tells them apart. */
export function tellApart(kept: readonly Labels[], left: readonly Labels[]): string | null {
  const [first] = kept.length > 0 ? kept : left;
  if (first === undefined || left.length === 0) return null;
  const names = [...new Set([...TELLING, ...Object.keys(first)])];
  for (const name of names) {
    const value = shared(kept, name);
    if (value !== null && value !== '' && left.every((labels) => labelOf(labels, name) !== value)) {
      return printMatcher({ name, value, isRegex: false, isEqual: true });
    }
  }
  for (const name of names) {
    const value = shared(left, name);
    if (value !== null && value !== '' && kept.every((labels) => labelOf(labels, name) !== value)) {
      return kept.length === 0 ? null : printMatcher({ name, value, isRegex: false, isEqual: false });
    }
  }
  return null;
}

function narrows(matcher: SilenceMatcher): boolean {
  if (!matcher.isEqual) return false;
  const holds = compileMatcher(matcher);
  return !holds('') && !IMPROBABLE.some((value) => holds(value));
}

function shared(alerts: readonly Labels[], name: string): string | null {
  const [first] = alerts;
  if (first === undefined) return null;
  const value = labelOf(first, name);
  return alerts.every((labels) => labelOf(labels, name) === value) ? value : null;
}
