import { SEVERITIES, type Severity } from '../../core/config/config.ts';
import { DAY_MS, dayOf, labelAt } from '../../core/wall-time.ts';
import { MEASURES, type MeasureKind } from './cycle.ts';
import type { History, PageHistory, Window } from './history.ts';
import type { PagedAt } from './hours.ts';

/** A quantile is a value that was measured (nearest rank); null: nothing was. Seconds. */
export type Spread = { readonly n: number; readonly p50: number | null; readonly p90: number | null };
export type BySeverity<T> = Readonly<Record<Severity, T>>;

/** How much an alert asks of people. */
export type NoiseRow = {
  readonly alertname: string;
  /** Incidents that it opened. */
  readonly incidents: number;
  readonly acknowledged: number;
  readonly resolvedByItself: number;
  readonly firedAgain: number;
};

export type PersonPages = {
  readonly person: string;
  readonly pages: number;
  readonly business: number;
  readonly outOfHours: number;
  /** 22:00 to 07:00 of the person's own zone; these count as out of hours too. */
  readonly night: number;
  /** By hour of the day, 24 of them, in the person's own zone. */
  readonly hours: readonly number[];
};

/** The numbers of a window; times of day and days are those of `timezone`, but a person's pages by their own. */
export type Numbers = {
  readonly timezone: string;
  readonly opened: BySeverity<number>;
  readonly days: ReadonlyArray<{ readonly day: string; readonly opened: BySeverity<number> }>;
  readonly times: Readonly<Record<MeasureKind, BySeverity<Spread>>>;
  /** Noisiest first. */
  readonly noise: readonly NoiseRow[];
  /** Most paged first. */
  readonly pages: readonly PersonPages[];
};

/** Counts a history, pure. */
export function countNumbers(history: History, window: Window, timezone: string, pagedAt: PagedAt): Numbers {
  const opened = history.incidents.flatMap((incident) => (incident.opened === null ? [] : [incident.opened]));
  return {
    timezone,
    opened: bySeverity((severity) => opened.filter((one) => one.severity === severity).length),
    days: daysOf(window, timezone).map((day) => ({
      day,
      opened: bySeverity(
        (severity) => opened.filter((one) => one.severity === severity && dayName(timezone, one.at) === day).length,
      ),
    })),
    times: Object.fromEntries(MEASURES.map((kind) => [kind, timesOf(history, kind)])) as Numbers['times'],
    noise: noiseOf(history),
    pages: pagesOf(history.pages, pagedAt),
  };
}

/** Of sorted values the one at this rank: the smallest that at least `share` of them do not exceed. */
export function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

function bySeverity<T>(of: (severity: Severity) => T): BySeverity<T> {
  return Object.fromEntries(SEVERITIES.map((severity) => [severity, of(severity)])) as BySeverity<T>;
}

function timesOf({ measures }: History, kind: MeasureKind): BySeverity<Spread> {
  return bySeverity((severity) => {
    const own = measures.filter((measure) => measure.kind === kind && measure.severity === severity);
    const sorted = own.map(({ seconds }) => seconds).sort((one, other) => one - other);
    return { n: sorted.length, p50: quantile(sorted, 0.5), p90: quantile(sorted, 0.9) };
  });
}

function noiseOf({ incidents }: History): NoiseRow[] {
  const rows = new Map<string, NoiseRow>();
  for (const { alertname, opened, acknowledged, resolved, firedAgain } of incidents) {
    const row = rows.get(alertname) ?? { alertname, incidents: 0, acknowledged: 0, resolvedByItself: 0, firedAgain: 0 };
    rows.set(alertname, {
      alertname,
      incidents: row.incidents + (opened === null ? 0 : 1),
      acknowledged: row.acknowledged + (opened !== null && acknowledged ? 1 : 0),
      resolvedByItself: row.resolvedByItself + (opened !== null && resolved === 'by-itself' ? 1 : 0),
      firedAgain: row.firedAgain + firedAgain,
    });
  }
  const noise = (row: NoiseRow) => row.incidents + row.firedAgain;
  return [...rows.values()]
    .filter((row) => noise(row) > 0)
    .sort((one, other) => noise(other) - noise(one) || compare(one.alertname, other.alertname));
}

function pagesOf(pages: readonly PageHistory[], pagedAt: PagedAt): PersonPages[] {
  const people = new Map<string, PersonPages>();
  for (const { person, at } of pages) {
    const { hour, isBusiness, isNight } = pagedAt(person, at);
    const row = people.get(person) ?? emptyPages(person);
    people.set(person, {
      person,
      pages: row.pages + 1,
      business: row.business + (isBusiness ? 1 : 0),
      outOfHours: row.outOfHours + (isBusiness ? 0 : 1),
      night: row.night + (isNight ? 1 : 0),
      hours: row.hours.map((count, index) => (index === hour ? count + 1 : count)),
    });
  }
  return [...people.values()].sort((one, other) => other.pages - one.pages || compare(one.person, other.person));
}

function emptyPages(person: string): PersonPages {
  return { person, pages: 0, business: 0, outOfHours: 0, night: 0, hours: Array.from({ length: 24 }, () => 0) };
}

function daysOf({ since, until }: Window, timezone: string): string[] {
  const days: string[] = [];
  const last = dayOf(labelAt(timezone, Math.max(since, until - 1)));
  for (let day = dayOf(labelAt(timezone, since)); day <= last; day += DAY_MS) days.push(isoDay(day));
  return days;
}

function dayName(timezone: string, at: number): string {
  return isoDay(dayOf(labelAt(timezone, at)));
}

function isoDay(day: number): string {
  return new Date(day).toISOString().slice(0, 10);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
