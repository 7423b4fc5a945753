import type { CheckResult } from './check.ts';

/** What a kind of probe found; the runner adds the probe's name, the time and the duration. */
export type Finding = Pick<CheckResult, 'target' | 'result' | 'summary' | 'evidence'>;
export type Evidence = Record<string, string | number | boolean | null>;

const WORST_FIRST = ['fail', 'unknown', 'warn', 'ok'] as const satisfies ReadonlyArray<CheckResult['result']>;

/** 0 for the worst (fail), 3 for ok. */
export function rankOf(result: CheckResult['result']): number {
  return WORST_FIRST.indexOf(result);
}

/** The worst of several; ok when there are none. */
export function worstOf(results: ReadonlyArray<CheckResult['result']>): CheckResult['result'] {
  return WORST_FIRST.find((each) => results.includes(each)) ?? 'ok';
}
