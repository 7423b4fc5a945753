/**
 * Who is on call, minute by minute, told by walking a wall clock that Intl reads: slow, and knows nothing of the code that
 * it checks. Rules in words: everything that a clock on the wall causes happens when the clock first shows its time or a
 * later one, once; a later layer covers an earlier one where it says something; overrides cover all, a later one an earlier.
 */
const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

/** Times as minutes of wall time since 1970 (day * 1440 + minute of the day). */
export interface OracleLayer {
  readonly kind: 'rotation' | 'always';
  /** Of a rotation: when the first shift starts, and how long each is. */
  readonly first: number;
  readonly step: number;
  /** Who is on call turn by turn; one turn when it is always the same. */
  readonly turns: ReadonlyArray<readonly string[]>;
  /** Window: days of the week (0 Sunday), begin and end as minutes of the day, the end perhaps beyond midnight. */
  readonly only: { readonly days: readonly number[]; readonly begin: number; readonly end: number } | null;
}

export interface OracleOverride {
  readonly from: number;
  readonly to: number;
  readonly people: readonly string[];
}

export interface OracleSchedule {
  readonly zone: string;
  readonly layers: readonly OracleLayer[];
  readonly overrides: readonly OracleOverride[];
}

/** Walks from `start` to `end` (epoch ms, whole minutes), and yields each minute with who is on call, sorted. */
export function* walkSchedule(rules: OracleSchedule, start: number, end: number): Generator<[number, string]> {
  const clock = wallClock(rules.zone);
  const layers = rules.layers.map((layer) => walkLayer(layer));
  let reached = clock(start);
  for (let at = start; at < end; at += MINUTE_MS) {
    reached = Math.max(reached, clock(at));
    let people: readonly string[] = [];
    for (const layer of layers) people = layer.to(reached) ?? people;
    for (const { from, to, people: standIns } of rules.overrides)
      if (from <= reached && reached < to) people = standIns;
    yield [at, [...people].sort().join('+')];
  }
}

/** Wall time that was never shown (skipped), or shown twice (doubled): minutes, `to` exclusive. */
export interface Switch {
  readonly kind: 'skipped' | 'doubled';
  readonly from: number;
  readonly to: number;
}

/** Every time that the clocks of a zone were changed in a span. */
export function switchesOf(zone: string, start: number, end: number): Switch[] {
  const clock = wallClock(zone);
  const found: Switch[] = [];
  for (let at = start; at < end; at += 30 * MINUTE_MS) {
    const before = clock(at) + 30;
    const after = clock(at + 30 * MINUTE_MS);
    if (after > before) found.push({ kind: 'skipped', from: before, to: after });
    if (after < before) found.push({ kind: 'doubled', from: after, to: before });
  }
  return found;
}

/** A layer that is moved on along wall time; null where it says nothing. */
function walkLayer(layer: OracleLayer): { to(reached: number): readonly string[] | null } {
  let shift = -1;
  return {
    to: (reached) => {
      if (!isWithin(layer.only, reached)) return null;
      if (layer.kind === 'always') return layer.turns[0] ?? [];
      while (layer.first + (shift + 1) * layer.step <= reached) shift += 1;
      return shift < 0 ? null : (layer.turns[shift % layer.turns.length] ?? []);
    },
  };
}

function isWithin(only: OracleLayer['only'], reached: number): boolean {
  if (only === null) return true;
  const today = Math.floor(reached / DAY_MINUTES);
  for (const day of [today - 1, today]) {
    const weekday = (((day + 4) % 7) + 7) % 7;
    const midnight = day * DAY_MINUTES;
    if (only.days.includes(weekday) && midnight + only.begin <= reached && reached < midnight + only.end) return true;
  }
  return false;
}

/** Minutes of wall time since 1970 at a moment. Intl is asked once an hour: no zone changes its offset within one that it keeps at both ends. */
function wallClock(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const read = (at: number) => {
    const [date = '', time = ''] = format.format(at).split(', ');
    const [day, month, year] = date.split('/');
    const [hours = 0, minutes = 0] = time.split(':').map(Number);
    return (Date.parse(`${year}-${month}-${day}T00:00Z`) / 86_400_000) * DAY_MINUTES + hours * 60 + minutes;
  };
  let hour = { from: Number.NaN, steady: false, begin: 0 };
  return (at) => {
    const from = at - (at % (60 * MINUTE_MS));
    if (hour.from !== from) {
      const begin = read(from);
      hour = { from, begin, steady: read(from + 59 * MINUTE_MS) === begin + 59 };
    }
    return hour.steady ? hour.begin + (at - from) / MINUTE_MS : read(at);
  };
}
