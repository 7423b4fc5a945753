import type { ChartPart, ChartSeries } from '../../alerts/context/context.ts';
import { formatDuration } from '../../core/duration.ts';
import { sayQuantity } from './quantity.ts';

const LONGEST_EXPRESSION = 120;
const LONGEST_LABELS = 48;

/**
 * What the chart says, in a sentence of plain text with its numbers (UX.md 3.0): the alternative text of the picture,
 * and what stands in its place when there is none. Parts of it are foreign.
 */
export function chartWords(chart: ChartPart): string {
  const [first] = chart.series;
  if (first === undefined) return '';
  const span = formatDuration(((chart.series[0]?.values.length ?? 1) - 1) * chart.stepSeconds);
  const others = chart.series.length - 1 + chart.hidden;
  const parts = [
    `${nameOf(chart, first)} ${course(first, chart)} over ${span}`,
    ...chart.limits.map((limit) => `threshold ${limit.operator} ${sayQuantity(limit.value, chart.unit)}`),
    `fired ${timeOf(chart.firedAt)} UTC`,
    ...(chart.overAt === null ? [] : [`over ${timeOf(chart.overAt)} UTC`]),
    ...(others > 0 ? [`${others} more series`] : []),
  ];
  return parts.join(', ');
}

/** `at firing 85 % · peak 97 % · now 92 %`: the readings of the first series, which stay when it is over. */
export function chartReadings(chart: ChartPart): string {
  const [first] = chart.series;
  if (first === undefined) return '';
  const now = chart.overAt === null ? 'now' : 'when it was over';
  const readings = [
    ['at firing', first.atFiring],
    ['peak', first.peak],
    [now, first.last],
  ] as const;
  return readings
    .filter((reading): reading is readonly [(typeof reading)[0], number] => reading[1] !== null)
    .map(([name, value]) => `${name} ${sayQuantity(value, chart.unit)}`)
    .join(' · ');
}

/** Labels that tell a series from the others: `pod=a, job=b`; empty when there is nothing to tell. */
export function seriesName({ labels }: ChartSeries): string {
  return cut(
    Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(', '),
    LONGEST_LABELS,
  );
}

/** The expression with its thresholds, short enough for a line. */
export function expressionOf({ expression, limits }: ChartPart): string {
  const compared = limits.map(({ operator, value }) => ` ${operator} ${value}`).join('');
  return cut(`${expression.replace(/\s+/g, ' ')}${compared}`, LONGEST_EXPRESSION);
}

/** `14:02`, in UTC. */
export function timeOf(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}

function nameOf({ expression }: ChartPart, series: ChartSeries): string {
  const labels = seriesName(series);
  return `${cut(expression.replace(/\s+/g, ' '), LONGEST_EXPRESSION)}${labels === '' ? '' : ` (${labels})`}`;
}

/** `40 % → 92 %`. */
function course({ values, last }: ChartSeries, { unit }: ChartPart): string {
  const first = values.find((value) => value !== null) ?? null;
  if (first === null || last === null) return 'has no value';
  return `${sayQuantity(first, unit)} → ${sayQuantity(last, unit)}`;
}

function cut(text: string, most: number): string {
  const points = [...text.slice(0, 2 * most)];
  return points.length <= most && text.length <= 2 * most ? text : `${points.slice(0, most - 1).join('')}…`;
}
