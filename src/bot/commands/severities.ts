import { SEVERITIES, type Severity } from '../../core/config/config.ts';

const NAMES: ReadonlyMap<string, Severity> = new Map([
  ['critical', 'P0'],
  ['crit', 'P0'],
  ['high', 'P1'],
  ['major', 'P1'],
  ['medium', 'P2'],
  ['moderate', 'P2'],
  ['warning', 'P2'],
  ['low', 'P3'],
  ['minor', 'P3'],
  ['info', 'P3'],
]);

/** `p1`, `sev1`, `high`: the severity that a word names; null when it names none. */
export function severityOf(word: string): Severity | null {
  const name = word.toLowerCase();
  const digit = /^(?:p|sev-?)([0-3])$/.exec(name)?.[1];
  if (digit !== undefined) return SEVERITIES.find((severity) => severity === `P${digit}`) ?? null;
  return NAMES.get(name) ?? null;
}
