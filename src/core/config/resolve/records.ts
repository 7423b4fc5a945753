import { parseDuration } from '../../duration.ts';

/** A record without anything inherited, so that a foreign name such as `constructor` finds nothing in it. */
export function mapRecord<T, U>(
  group: Readonly<Record<string, T>>,
  change: (value: T, key: string) => U,
): Readonly<Record<string, U>> {
  const record: Record<string, U> = Object.create(null) as Record<string, U>;
  for (const [key, value] of Object.entries(group)) record[key] = change(value, key);
  return record;
}

/** Seconds of a duration that the schema has checked. */
export function seconds(written: string): number {
  return parseDuration(written) ?? 0;
}
