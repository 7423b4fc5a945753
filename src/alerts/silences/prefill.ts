import type { SilenceMatcher } from '../alertmanager.ts';
import type { Labels } from '../payload.ts';
import { labelOf } from './match.ts';

/** Labels that say who sent an alert or which copy of something it is about, not what is wrong: they change by themselves. */
const NOISY = new Set([
  'prometheus',
  'prometheus_replica',
  'replica',
  'receive',
  'tenant_id',
  'monitor',
  'endpoint',
  'uid',
  'id',
  'container_id',
  'image_id',
  'pod_template_hash',
  'controller_revision_hash',
  'trace_id',
  'request_id',
]);
const LONGEST_VALUE = 200;
const MOST = 15;
const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * The matchers that a silence of these alerts begins with: the labels that all of them share, without noise; the
 * name of the alert first. An instance stays when all share it. Empty when they have nothing in common.
 */
export function prefillMatchers(alerts: readonly Labels[]): readonly SilenceMatcher[] {
  const [first, ...others] = alerts;
  if (first === undefined) return [];
  const common = Object.keys(first).filter((name) => {
    const value = labelOf(first, name);
    return isWorthIt(name, value) && others.every((labels) => labelOf(labels, name) === value);
  });
  const sorted = common.sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
  return sorted.slice(0, MOST).map((name) => ({ name, value: labelOf(first, name), isRegex: false, isEqual: true }));
}

function isWorthIt(name: string, value: string): boolean {
  return NAME.test(name) && !name.startsWith('__') && !NOISY.has(name) && value !== '' && value.length <= LONGEST_VALUE;
}

function rank(name: string): number {
  return name === 'alertname' ? 0 : 1;
}
