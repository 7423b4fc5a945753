import type { CheckResult } from '../probes/check.ts';
import type { Verdict } from './run-state.ts';

export interface Judgement {
  /** null: the probes prove nothing either way; the summary says why. */
  readonly verdict: Verdict | null;
  readonly summary: string;
}

/** `unknown` weighs as much as `fail`: what cannot be seen is not well, and seeing it fail is no worse. */
const WEIGHT = { ok: 0, warn: 1, unknown: 2, fail: 2 } as const;

/**
 * Compares what the probes said before and after, probe by probe (DESIGN.md, What nobody else has, 3): one that is
 * worse → `worse`; all ok after something was not → `fixed`; still not all ok → `no-effect`; all ok on both sides, or
 * nothing to compare → no verdict.
 */
export function judge(before: readonly CheckResult[], after: readonly CheckResult[]): Judgement {
  if (after.length === 0) return { verdict: null, summary: 'no probe to verify with' };
  const earlier = new Map(before.map((check) => [check.probe, check]));
  const worse = after.filter((check) => {
    const known = earlier.get(check.probe);
    return known !== undefined && WEIGHT[check.result] > WEIGHT[known.result];
  });
  if (worse.length > 0) return { verdict: 'worse', summary: tell(worse, earlier) };
  const unwell = after.filter((check) => check.result !== 'ok');
  if (unwell.length > 0) return { verdict: 'no-effect', summary: `still not well: ${tell(unwell, earlier)}` };
  const mended = after.filter((check) => (earlier.get(check.probe)?.result ?? 'ok') !== 'ok');
  if (mended.length > 0) return { verdict: 'fixed', summary: tellMended(mended, after.length, earlier) };
  const known = after.some((check) => earlier.has(check.probe));
  return { verdict: null, summary: known ? 'well, as it was before' : 'well now; it was not checked before' };
}

/** True when every check says that the thing works: warnings pass, what could not be seen does not. */
export function isProven(after: readonly CheckResult[]): boolean {
  return after.every((check) => check.result === 'ok' || check.result === 'warn');
}

/** `gianna-health and gianna-ready were failing, all 4 probes are ok now`. */
function tellMended(mended: readonly CheckResult[], all: number, earlier: ReadonlyMap<string, CheckResult>): string {
  const names = mended.map(({ probe }) => probe);
  const last = names.at(-1) ?? '';
  const listed = names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
  const failed = mended.every(({ probe }) => earlier.get(probe)?.result === 'fail');
  const was = `${names.length === 1 ? 'was' : 'were'} ${failed ? 'failing' : 'not well'}`;
  const now = all === 1 ? 'is ok now' : all === 2 ? 'both probes are ok now' : `all ${all} probes are ok now`;
  return `${listed} ${was}, ${now}`;
}

function tell(checks: readonly CheckResult[], earlier: ReadonlyMap<string, CheckResult>): string {
  const parts = checks.map((check) => {
    const was = earlier.get(check.probe)?.result;
    return was === undefined || was === check.result
      ? `${check.probe} ${check.result}`
      : `${check.probe} ${check.result} (was ${was})`;
  });
  return parts.join(', ');
}
