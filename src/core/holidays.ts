/** Public and bank holidays of a country, or of a part of one. */
export interface HolidayCalendar {
  /** `BR`, `BR-SP`. */
  readonly place: string;
  /** `day` is midnight of the calendar day, as if it were in UTC (epoch ms). Looks a year up once. */
  isHoliday(day: number): boolean;
}

const DAY_MS = 86_400_000;

/** Loads the calendar of a place. One that is not known has no holidays. */
export async function loadHolidays(place: string): Promise<HolidayCalendar> {
  // Three megabytes of calendars: only who needs them pays for them.
  const { default: Holidays } = await import('date-holidays');
  const [country = '', state, region] = place.split(/[-.]/);
  const calendar = new Holidays();
  calendar.init(country, state, region);
  const years = new Map<number, ReadonlySet<string>>();
  return {
    place,
    isHoliday: (day) => {
      const date = new Date(day).toISOString().slice(0, 10);
      const year = Number(date.slice(0, 4));
      const known = years.get(year) ?? datesOf(calendar.getHolidays(year));
      years.set(year, known);
      return known.has(date);
    },
  };
}

interface Holiday {
  readonly date: string;
  readonly type: string;
  readonly start: Date;
  readonly end: Date;
}

function datesOf(holidays: readonly Holiday[]): ReadonlySet<string> {
  const dates = new Set<string>();
  for (const { date, type, start, end } of holidays) {
    if (type !== 'public' && type !== 'bank') continue;
    const first = Date.parse(`${date.slice(0, 10)}T00:00Z`);
    const days = Math.max(1, Math.round((end.getTime() - start.getTime()) / DAY_MS));
    for (let index = 0; index < days; index += 1) {
      dates.add(new Date(first + index * DAY_MS).toISOString().slice(0, 10));
    }
  }
  return dates;
}
