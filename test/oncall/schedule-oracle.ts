/** Wall clocks by Intl alone: slow, and knows nothing of the code that it checks. */
const STEP_MS = 15 * 60_000;

export interface NaiveRotation {
  readonly zone: string;
  /** Minute of the day of the handoff. */
  readonly minuteOfDay: number;
  /** 0 Sunday … 6; null: every day. */
  readonly weekday: number | null;
  /** First day, `YYYY-MM-DD`. */
  readonly from: string;
  readonly people: readonly string[];
}

/** The person on call every quarter of an hour of [start, end), by walking the wall clock. */
export function* walkRotation(rotation: NaiveRotation, start: number, end: number): Generator<[number, string | null]> {
  const format = wallFormat(rotation.zone);
  const [fromDay = 0] = [dayNumber(rotation.from)];
  let shift = -1;
  // Days whose handoff is behind us; a doubled hour shows its second copy without a handoff.
  let reached = Number.NEGATIVE_INFINITY;
  for (let at = start; at < end; at += STEP_MS) {
    const wall = readWall(format, at);
    for (let day = Math.max(fromDay, reached + 1); hasReached(wall, day, rotation.minuteOfDay); day += 1) {
      reached = day;
      if (rotation.weekday === null || new Date(day * 86_400_000).getUTCDay() === rotation.weekday) shift += 1;
    }
    yield [at, shift < 0 ? null : (rotation.people[shift % rotation.people.length] ?? null)];
  }
}

interface Wall {
  readonly day: number;
  readonly minute: number;
}

function hasReached(wall: Wall, day: number, minute: number): boolean {
  return wall.day > day || (wall.day === day && wall.minute >= minute);
}

function wallFormat(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
}

function readWall(format: Intl.DateTimeFormat, at: number): Wall {
  const [date = '', time = ''] = format.format(at).split(', ');
  const [day, month, year] = date.split('/');
  const [hours, minutes] = time.split(':').map(Number);
  return { day: dayNumber(`${year}-${month}-${day}`), minute: (hours ?? 0) * 60 + (minutes ?? 0) };
}

function dayNumber(date: string): number {
  return Date.parse(`${date}T00:00Z`) / 86_400_000;
}
