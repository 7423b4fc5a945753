import { RE2JS } from 're2js';
import type { SilenceMatcher } from '../alertmanager.ts';
import type { Labels } from '../payload.ts';

/** Whether an alert of these labels is muted. */
export type MatchLabels = (labels: Labels) => boolean;

/** Compiles matchers as Alertmanager means them: all must hold, a label that is missing is empty, expressions are anchored. */
export function compileMatchers(matchers: readonly SilenceMatcher[]): MatchLabels {
  const compiled = matchers.map((matcher) => ({ name: matcher.name, holds: compileMatcher(matcher) }));
  return (labels) => compiled.every(({ name, holds }) => holds(labelOf(labels, name)));
}

/** Whether one value satisfies one matcher. */
export function compileMatcher({ value, isRegex, isEqual }: SilenceMatcher): (value: string) => boolean {
  if (!isRegex) return (actual) => (actual === value) === isEqual;
  const pattern = RE2JS.compile(value);
  return (actual) => pattern.matches(actual) === isEqual;
}

/** Labels are foreign: `constructor` is a label only when somebody set it. */
export function labelOf(labels: Labels, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
}
