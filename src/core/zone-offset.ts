import { IANAZone } from 'luxon';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** From `at` on the zone is `offset` ahead of UTC, both in milliseconds. */
interface Offset {
  readonly at: number;
  readonly offset: number;
}

// What a pure function came to: asking Intl for an offset takes longer than the rest of a schedule.
const known = new Map<string, readonly Offset[]>();

/** How far the wall clock of `zone` is ahead of UTC at `at`, in milliseconds. NaN for a moment or a zone that is none. */
export function offsetMs(zone: string, at: number): number {
  const year = new Date(at).getUTCFullYear();
  if (Number.isNaN(year)) return Number.NaN;
  const key = `${zone} ${year}`;
  const offsets = known.get(key) ?? offsetsOf(IANAZone.create(zone), year);
  known.set(key, offsets);
  let found = offsets[0]?.offset ?? Number.NaN;
  for (const { at: from, offset } of offsets) if (from <= at) found = offset;
  return found;
}

/** A change of a zone's offset: the clocks are moved by `after - before` milliseconds at `at`. */
export interface OffsetChange {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/** Every change of a zone's offset in a span, in order. */
export function offsetChangesIn(
  zone: string,
  { from, to }: { readonly from: number; readonly to: number },
): OffsetChange[] {
  const found: OffsetChange[] = [];
  for (let year = new Date(from).getUTCFullYear(); year <= new Date(to).getUTCFullYear(); year += 1) {
    for (const { at, offset } of offsetsOf(IANAZone.create(zone), year)) {
      const before = offsetMs(zone, at - 1);
      if (at >= from && at < to && before !== offset) found.push({ at, before, after: offset });
    }
  }
  return found;
}

/** The offset at the begin of a year, and each one after a change: changes lie days apart. */
function offsetsOf(zone: IANAZone, year: number): Offset[] {
  const offsetAt = (at: number) => zone.offset(at) * MINUTE_MS;
  const begin = Date.UTC(year, 0, 1);
  const offsets: Offset[] = [{ at: begin, offset: offsetAt(begin) }];
  for (let at = begin; at < Date.UTC(year + 1, 0, 1); at += DAY_MS) {
    const after = offsetAt(at + DAY_MS);
    if (after === offsetAt(at) || Number.isNaN(after)) continue;
    offsets.push({ at: firstWith(offsetAt, after, at, at + DAY_MS), offset: after });
  }
  return offsets;
}

function firstWith(offsetAt: (at: number) => number, offset: number, before: number, after: number): number {
  let low = before;
  let high = after;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle) === offset) high = middle;
    else low = middle;
  }
  return high;
}
