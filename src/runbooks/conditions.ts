import type { StepCondition, Threshold } from '../core/config/config.ts';
import { shown } from './parameters.ts';
import type { Scope } from './substitute.ts';

/** `reason` in words: `before.result is ok, not fail or unknown`. */
export type Holding = { readonly holds: true } | { readonly holds: false; readonly reason: string };

/**
 * Whether all conditions of a step hold. What is not known, such as a result of a step that was skipped, holds for
 * nothing. Values are compared as texts: 2 is `"2"`.
 */
export function holds(when: Readonly<Record<string, StepCondition>>, scope: Scope): Holding {
  for (const [name, condition] of Object.entries(when)) {
    const reason = whyNot(name, condition, scope);
    if (reason !== null) return { holds: false, reason };
  }
  return { holds: true };
}

/** Conditions in words: `mode is rolling or forced and replicas < 1`. */
export function tellConditions(when: Readonly<Record<string, StepCondition>>): string {
  const parts = Object.entries(when).map(([name, condition]) =>
    condition.kind === 'values'
      ? `${name} is ${condition.values.join(' or ')}`
      : `${name} ${condition.threshold.operator} ${condition.threshold.value}`,
  );
  return parts.join(' and ');
}

function whyNot(name: string, condition: StepCondition, scope: Scope): string | null {
  const value = scope.get(name);
  if (value === undefined) return `${name} is not known`;
  if (typeof value === 'object') return `${name} is no single value`;
  const told = `${name} is ${value === '' ? 'empty' : shown(String(value))}`;
  if (condition.kind === 'values') {
    const wanted = condition.values.map(String);
    return wanted.includes(String(value)) ? null : `${told}, not ${wanted.map(shown).join(' or ')}`;
  }
  const { operator, value: limit } = condition.threshold;
  const number = toNumber(value);
  if (number === null) return `${told}, which is no number`;
  return COMPARE[operator](number, limit) ? null : `${told}, not ${operator} ${limit}`;
}

function toNumber(value: string | number | boolean): number | null {
  if (typeof value === 'boolean' || String(value).trim() === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

const COMPARE: Readonly<Record<Threshold['operator'], (value: number, limit: number) => boolean>> = {
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '==': (value, limit) => value === limit,
  '!=': (value, limit) => value !== limit,
};
