import type { ChartPart, ChartSeries } from './context.ts';
import type { Series } from './prometheus.ts';
import type { Limit } from './promql.ts';
import type { Window } from './window.ts';

type Labels = Readonly<Record<string, string>>;

/** Series that are drawn; the others are counted. */
const MOST_SERIES = 5;
const MOST_LABELS = 4;

export interface ChartInput {
  readonly series: readonly Series[];
  readonly limits: readonly Limit[];
  readonly window: Window;
  /** Epoch milliseconds. */
  readonly firedAt: number;
  /** Labels of the alerts that fire. */
  readonly firing: readonly Labels[];
}

/** Picks what is drawn of an answer: series of the firing alerts first, then those farthest over the limit. */
export function drawnOf(input: ChartInput): Pick<ChartPart, 'from' | 'stepSeconds' | 'series' | 'hidden'> {
  const { window, limits } = input;
  const worse = worseBy(limits[0]);
  const telling = tellingLabels(input.series);
  const isFiring = firingBy(input);
  const drawn = input.series
    .map((series) => ({ fires: isFiring(series.labels), values: valuesOf(series, window), series }))
    .filter(({ values }) => values.some((value) => value !== null))
    .map(({ fires, values, series }): ChartSeries => {
      const labels = Object.fromEntries(telling.map((name) => [name, series.labels[name] ?? '']));
      return { labels, fires, values, ...readings(values, window, input.firedAt, worse) };
    })
    .sort((a, b) => Number(b.fires) - Number(a.fires) || worse(b.peak, a.peak));
  return {
    from: window.from * 1000,
    stepSeconds: window.stepSeconds,
    series: drawn.slice(0, MOST_SERIES),
    hidden: Math.max(0, drawn.length - MOST_SERIES),
  };
}

/** Positive: the first is farther over the limit. */
type Worse = (one: number | null, other: number | null) => number;

function worseBy(limit: Limit | undefined): Worse {
  const far = farness(limit);
  return (one, other) => (one === null ? -Infinity : far(one)) - (other === null ? -Infinity : far(other)) || 0;
}

function farness(limit: Limit | undefined): (value: number) => number {
  switch (limit?.operator) {
    case '<':
    case '<=':
      return (value) => -value;
    case '==':
      return (value) => -Math.abs(value - limit.value);
    case '!=':
      return (value) => Math.abs(value - limit.value);
    default:
      return (value) => value;
  }
}

function valuesOf({ values }: Series, { from, to, stepSeconds }: Window): Array<number | null> {
  const count = Math.round((to - from) / stepSeconds) + 1;
  return Array.from({ length: count }, (_, index) => short(values.get(from + index * stepSeconds)));
}

/** Six digits are more than a chart shows. */
function short(value: number | undefined): number | null {
  return value === undefined ? null : Number(value.toPrecision(6));
}

function readings(
  values: ReadonlyArray<number | null>,
  { from, stepSeconds }: Window,
  firedAt: number,
  worse: Worse,
): Pick<ChartSeries, 'atFiring' | 'peak' | 'last'> {
  const firing = (firedAt / 1000 - from) / stepSeconds;
  const before = values.slice(0, Math.max(0, Math.floor(firing)) + 1);
  const since = values.slice(Math.max(0, Math.floor(firing)));
  const known = (some: ReadonlyArray<number | null>) => some.filter((value) => value !== null);
  const atFiring = firing < 0 ? null : (known(before).at(-1) ?? null);
  const peak = known(since).reduce<number | null>((most, value) => (worse(value, most) > 0 ? value : most), null);
  return { atFiring, peak, last: known(values).at(-1) ?? null };
}

/**
 * A series' labels are all in the alert that it made fire, but for those that the rule sets itself: these are equal
 * for no series at all.
 */
function firingBy({ series, firing }: ChartInput): (labels: Labels) => boolean {
  const names = [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))];
  const compared = names.filter((name) =>
    series.some(({ labels }) => firing.some((alert) => alert[name] !== undefined && alert[name] === labels[name])),
  );
  return (labels) =>
    (compared.length > 0 || names.length === 0) &&
    firing.some((alert) => compared.every((name) => alert[name] === labels[name]));
}

/** Names of labels whose values differ. */
function tellingLabels(series: readonly Series[]): string[] {
  const seen = new Map<string, Set<string>>();
  const names = new Set(series.flatMap(({ labels }) => Object.keys(labels)));
  for (const name of names) seen.set(name, new Set(series.map(({ labels }) => labels[name] ?? '')));
  return [...names].filter((name) => (seen.get(name)?.size ?? 0) > 1).slice(0, MOST_LABELS);
}
