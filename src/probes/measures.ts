import type { Threshold } from '../core/config/config.ts';
import { type Evidence, type Finding, worstOf } from './finding.ts';
import { judgeValue, sayLimit, sayNumber } from './threshold.ts';

/** A measured value with the words around it; null: it cannot be told yet (a hit rate before the first look-up). */
export interface Measure {
  readonly name: string;
  readonly value: number | null;
  /** Put behind the number: `%`, ` ms`, ` B`. */
  readonly unit: string;
}
export type MeasureLimits = {
  readonly warn: Readonly<Record<string, Threshold>>;
  readonly fail: Readonly<Record<string, Threshold>>;
};

/**
 * Judges named measures against named thresholds and says it in one sentence, the worst first. A threshold on a measure
 * that is not there makes the whole unknown: a limit that silently never applies is worse than none.
 */
export function judgeMeasures(measures: readonly Measure[], limits: MeasureLimits): Omit<Finding, 'target'> {
  const evidence: Evidence = Object.fromEntries(measures.map(({ name, value }) => [name, value]));
  const missing = [...Object.keys(limits.fail), ...Object.keys(limits.warn)].filter(
    (name) => !measures.some((measure) => measure.name === name),
  );
  if (missing.length > 0) {
    const known = measures.map(({ name }) => name).join(', ');
    return { result: 'unknown', summary: `no measure "${missing[0]}"; there are ${known}`, evidence };
  }
  const judged = measures.map((measure) => judgeMeasure(measure, limits));
  const said = (['fail', 'unknown', 'warn', 'ok'] as const).flatMap((result) =>
    judged.filter((each) => each.result === result).map((each) => each.said),
  );
  return { result: worstOf(judged.map((each) => each.result)), summary: said.join(', '), evidence };
}

function judgeMeasure({ name, value, unit }: Measure, limits: MeasureLimits) {
  const words = name.replaceAll('_', ' ');
  if (value === null) return { result: 'ok' as const, said: `${words} not known yet` };
  const { result, limit } = judgeValue(value, { fail: limits.fail[name] ?? null, warn: limits.warn[name] ?? null });
  return { result, said: `${words} ${sayNumber(value)}${unit}${sayLimit(limit, unit)}` };
}
