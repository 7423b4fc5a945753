/**
 * Whether a suite that needs a real part may run: true when `missing` is null. Otherwise it is left out aloud, but with
 * `CI=true` a missing part is an error.
 */
export function mayRun(missing: string | null): boolean {
  if (missing === null) return true;
  if (process.env.CI === 'true') throw new Error(`CI must have every real part: ${missing}`);
  console.warn(`SKIPPED, not tested here: ${missing}`);
  return false;
}
