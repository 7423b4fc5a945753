import type { CheckResult } from './check.ts';

/** A check as `probe --json` prints it (DESIGN.md, Contracts): times ISO 8601 UTC, durations in seconds. */
export function checkJson(check: CheckResult) {
  return { ...check, at: new Date(check.at).toISOString() };
}
