import type { WeeklyConfig } from '../../core/config/config.ts';
import { formatDuration } from '../../core/duration.ts';
import { DAY_MS, instantOf } from '../../core/wall-time.ts';
import type { Notice } from '../../journal/notice.ts';
import type { ReportRequest } from '../../journal/slots.ts';
import type { Window } from './history.ts';
import { noiseTexts, pagesText, timesTexts } from './number-words.ts';
import type { Numbers } from './numbers.ts';
import { weeklyChart } from './weekly-chart.ts';
import { countText, dayText, severitiesText, timeText, totalOf } from './words.ts';

const WEEK_MS = 7 * DAY_MS;
const LATE_MS = 60_000;

/** The seven whole days before the day of a slot (`2026-11-23`), and the seven before those. */
export function weekOf(slot: string, zone: string): { readonly week: Window; readonly before: Window } {
  const day = Date.parse(`${slot}T00:00Z`);
  const [start, until, since] = [day - 2 * WEEK_MS, day, day - WEEK_MS].map((label) => instantOf(zone, label));
  return {
    week: { since: since ?? 0, until: until ?? 0 },
    before: { since: start ?? 0, until: since ?? 0 },
  };
}

/** The numbers of a week in words, with a chart. `before`: those of the week before it. */
export function writeWeekly(
  numbers: Numbers,
  before: Numbers,
  { config, request, window }: { config: WeeklyConfig; request: ReportRequest; window: Window },
): Notice {
  const zone = config.timezone;
  const days = `${dayText(zone, window.since)} to ${dayText(zone, window.until - 1)}`;
  const total = totalOf(numbers.opened);
  const kinds = total === 0 ? '' : ` (${severitiesText(numbers.opened)})`;
  return {
    to: { channel: config.channel },
    title: `Week of ${days}: ${countText(total, 'incident')}${kinds}`,
    lines: [
      ...latenessOf(request, zone),
      `${compared(total, totalOf(before.opened))}.`,
      ...timesTexts(numbers),
      ...noiseTexts(numbers.noise),
      pagesText(numbers.pages),
    ],
    ...(total === 0 ? {} : { picture: weeklyChart(numbers, days) }),
  };
}

function compared(now: number, before: number): string {
  if (now === before) return `As many as the week before`;
  const difference = Math.abs(now - before);
  return `${difference} ${now > before ? 'more' : 'fewer'} than the week before (${before})`;
}

function latenessOf({ dueAt, until, missed }: ReportRequest, zone: string): string[] {
  if (until - dueAt < LATE_MS && missed === 0) return [];
  const passed = missed === 0 ? '' : ` ${countText(missed, 'report')} before it passed.`;
  return [
    `Due ${timeText(zone, dueAt)}, late by ${formatDuration((until - dueAt) / 1000)}: the bot was away.${passed}`,
  ];
}
