/** The name of one more copy, and its number. */
export interface CopyName {
  readonly name: string;
  readonly number: number;
}

const NUMBERED = /^(.*?)([-_.]?)(\d{1,4})$/;

/**
 * Names for so many further copies of `pattern`: its own name with the next numbers, after the highest that is in use.
 * What has no number gets `-2`. `taken`: names of all containers there are.
 */
export function nextNames(pattern: string, taken: readonly string[], count: number): CopyName[] {
  const [, stem = pattern, joint = '-'] = NUMBERED.exec(pattern) ?? [];
  const prefix = `${stem}${NUMBERED.test(pattern) ? joint : '-'}`;
  const numbers = taken.flatMap((name) => numberAfter(prefix, name) ?? []);
  const last = Math.max(1, ...numbers);
  return Array.from({ length: count }, (_, index) => ({
    name: `${prefix}${last + index + 1}`,
    number: last + index + 1,
  }));
}

/** The number at the end of a name; 1: it has none. */
export function numberOf(name: string): number {
  return Number(NUMBERED.exec(name)?.[3] ?? 1);
}

function numberAfter(prefix: string, name: string): number | null {
  if (!name.startsWith(prefix)) return null;
  const rest = name.slice(prefix.length);
  return /^\d{1,4}$/.test(rest) ? Number(rest) : null;
}
