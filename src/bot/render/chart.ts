import type { ChartPart, ChartSeries } from '../../alerts/context/context.ts';
import type { EChartsOption } from '../../core/picture.ts';
import { oneLine, stripControls } from '../../core/text.ts';
import { type ChartRange, rangeOf } from './chart-range.ts';
import { expressionOf, seriesName, timeOf } from './chart-words.ts';
import { sayQuantity } from './quantity.ts';

export const CHART_SIZE = { width: 800, height: 360 } as const;

const INK = '#1f2328';
const FAINT = '#6e7781';
const GRID = '#e7eaee';
const RED = '#cf222e';
const ORANGE = '#bc4c00';
const GREEN = '#1a7f37';
const COLOURS = ['#0969da', '#8250df', '#bf8700', '#1b7c83', '#57606a'] as const;
/** Fewer values are drawn as points too, or a single one would not be seen. */
const POINTS_BELOW = 20;
const SHORT_MS = 10 * 60_000;

/** The picture of an alert's expression: its values, the threshold, when it fired, and the value now. */
export function chartOption(chart: ChartPart): EChartsOption {
  const isNamed = chart.series.length > 1;
  const range = rangeOf(chart);
  return {
    useUTC: true,
    color: [...COLOURS],
    title: titleOf(chart),
    grid: {
      left: 16,
      right: 84,
      top: 72,
      bottom: isNamed ? 30 + 20 * Math.ceil(chart.series.length / 2) : 34,
      containLabel: true,
    },
    ...(isNamed ? { legend: legendOf(chart) } : {}),
    xAxis: {
      type: 'time',
      name: 'UTC',
      nameLocation: 'end',
      nameTextStyle: { color: FAINT, align: 'left', verticalAlign: 'top', padding: [7, 0, 0, 0] },
      min: chart.from,
      max: endOf(chart),
      axisLine: { lineStyle: { color: FAINT } },
      axisLabel: { color: FAINT, hideOverlap: true, formatter: tickOf(chart) },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      ...range,
      axisLabel: { color: FAINT, formatter: (value: number) => sayQuantity(value, chart.unit) },
      splitLine: { lineStyle: { color: GRID } },
    },
    series: chart.series.map((series, index) => lineOf({ chart, range, series, index })),
  };
}

function titleOf(chart: ChartPart): NonNullable<EChartsOption['title']> {
  const hidden = chart.hidden > 0 ? `  (+${chart.hidden} series not drawn)` : '';
  return {
    left: 16,
    top: 12,
    text: drawable(chart.alertname.slice(0, 80)),
    subtext: `${drawable(expressionOf(chart))}${hidden}`,
    textStyle: { color: INK, fontSize: 17, fontWeight: 'bold' },
    subtextStyle: { color: FAINT, fontSize: 12 },
  };
}

function legendOf({ series }: ChartPart): NonNullable<EChartsOption['legend']> {
  return {
    bottom: 8,
    left: 16,
    icon: 'roundRect',
    itemHeight: 4,
    itemWidth: 16,
    textStyle: { color: INK },
    data: series.map((each, index) => lineName(each, index)),
  };
}

/** ECharts knows a series by its name, so that each needs one of its own. */
function lineName(series: ChartSeries, index: number): string {
  return drawable(seriesName(series)) || `series ${index + 1}`;
}

/** Foreign text for a picture: no character that SVG does not take or that turns the line round. */
function drawable(text: string): string {
  return oneLine(stripControls(text));
}

interface Line {
  readonly chart: ChartPart;
  readonly range: ChartRange;
  readonly series: ChartSeries;
  readonly index: number;
}

function lineOf({ chart, range, series, index }: Line) {
  const known = series.values.filter((value) => value !== null);
  const isSwitch = known.every((value) => value === 0 || value === 1);
  return {
    type: 'line' as const,
    name: lineName(series, index),
    data: series.values.map((value, at) => [chart.from + at * chart.stepSeconds * 1000, value]),
    showSymbol: known.length < POINTS_BELOW,
    symbolSize: 5,
    connectNulls: false,
    ...(isSwitch ? { step: 'end' as const } : {}),
    lineStyle: { width: index === 0 ? 2.5 : 1.5 },
    endLabel: {
      show: series.last !== null,
      formatter: () => sayQuantity(series.last ?? 0, chart.unit),
      color: 'inherit',
      fontWeight: index === 0 ? ('bold' as const) : ('normal' as const),
      fontSize: index === 0 ? 14 : 11,
    },
    labelLayout: { moveOverlap: 'shiftY' as const },
    ...(index === 0 ? { markLine: marksOf(chart), markArea: forbiddenOf(chart, range) } : {}),
  };
}

function marksOf(chart: ChartPart) {
  const limits = chart.limits.map(({ operator, value }) => ({
    yAxis: value,
    lineStyle: { color: RED, type: 'dashed' as const, width: 1.5 },
    label: {
      formatter: `${operator} ${sayQuantity(value, chart.unit)}`,
      position: 'insideStartTop' as const,
      color: RED,
    },
  }));
  const moments = [momentOf(chart, chart.firedAt, 'fired', ORANGE), momentOf(chart, chart.overAt, 'over', GREEN)];
  return { silent: true, symbol: 'none', data: [...limits, ...moments.flat()] };
}

function momentOf(chart: ChartPart, at: number | null, what: string, color: string) {
  const end = endOf(chart);
  if (at === null || at < chart.from || at > end + chart.stepSeconds * 1000) return [];
  // away from each other, and away from the edge
  const isEarly = at - chart.from < (end - chart.from) * 0.15;
  const align = what === 'over' || isEarly ? ('left' as const) : ('right' as const);
  const words = `${what} ${timeOf(at)}`;
  const label = { formatter: words, position: 'end' as const, align, color, fontWeight: 'bold' as const };
  return [{ xAxis: Math.min(at, end), lineStyle: { color, type: 'solid' as const, width: 1.5 }, label }];
}

/** Where the alert fires, in a faint red. */
function forbiddenOf({ limits }: ChartPart, { min, max }: ChartRange) {
  const areas = limits.flatMap(({ operator, value }) => {
    if (operator === '>' || operator === '>=') return [[{ yAxis: value }, { yAxis: max }]];
    return operator === '<' || operator === '<=' ? [[{ yAxis: min }, { yAxis: value }]] : [];
  });
  return { silent: true, itemStyle: { color: 'rgba(207, 34, 46, 0.06)' }, data: areas as never };
}

/** Seconds only when minutes would say the same again and again. */
function tickOf(chart: ChartPart): (at: number) => string {
  const isShort = endOf(chart) - chart.from < SHORT_MS;
  return (at) => (isShort ? new Date(at).toISOString().slice(11, 19) : timeOf(at));
}

function endOf({ from, stepSeconds, series }: ChartPart): number {
  const steps = Math.max(1, ...series.map(({ values }) => values.length - 1));
  return from + steps * stepSeconds * 1000;
}
