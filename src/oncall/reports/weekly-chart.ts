import { SEVERITIES, type Severity } from '../../core/config/config.ts';
import type { Notice } from '../../journal/notice.ts';
import type { Numbers } from './numbers.ts';
import { dayText, severitiesText, totalOf } from './words.ts';

const WIDTH = 900;
const HEIGHT = 420;
/** Dark enough on white, and told apart by lightness too: red, orange, yellow, grey. */
const COLOURS: Readonly<Record<Severity, string>> = { P0: '#b71c1c', P1: '#ef6c00', P2: '#fbc02d', P3: '#90a4ae' };
/** A part lower than this share of the axis has no room for its number. */
const LOWEST_LABELLED = 0.06;
const INK = '#263238';
const SOFT_INK = '#546e7a';
const LINES = '#e3e8eb';

/** Incidents opened a day, a colour a severity, the most urgent at the bottom; `alt` says every number. */
export function weeklyChart({ days, opened }: Numbers, span: string): NonNullable<Notice['picture']> {
  const names = days.map(({ day }) => dayText('UTC', Date.parse(`${day}T00:00Z`)));
  const shown = SEVERITIES.filter((severity) => opened[severity] > 0);
  const totals = days.map((each) => totalOf(each.opened));
  const top = Math.ceil(Math.max(1, ...totals) * 1.1);
  const bars = shown.map((severity) => ({
    name: severity,
    type: 'bar',
    stack: 'opened',
    barMaxWidth: 64,
    itemStyle: { color: COLOURS[severity], borderColor: '#ffffff', borderWidth: 1 },
    data: days.map((each) => segment(severity, each.opened[severity], top)),
  }));
  const option = {
    title: {
      text: 'Incidents opened per day',
      subtext: span,
      left: 16,
      top: 12,
      textStyle: { color: INK, fontSize: 18 },
      subtextStyle: { color: SOFT_INK, fontSize: 13 },
    },
    legend: { data: shown, right: 16, top: 16, itemWidth: 14, itemHeight: 14, textStyle: { color: INK, fontSize: 14 } },
    grid: { left: 24, right: 24, top: 92, bottom: 20, containLabel: true },
    xAxis: {
      type: 'category',
      z: 10,
      data: names,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: INK } },
      axisLabel: { color: INK, fontSize: 13, interval: 0 },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      boundaryGap: [0, '12%'],
      axisLabel: { color: INK, fontSize: 13 },
      splitLine: { lineStyle: { color: LINES } },
    },
    series: [...bars, sums(totals)],
  };
  return { alt: altText(days, names, span), option, width: WIDTH, height: HEIGHT };
}

/** A part of a bar with its number in it; so the picture can be read without telling colours apart. */
function segment(severity: Severity, count: number, top: number) {
  const color = severity === 'P0' || severity === 'P1' ? '#ffffff' : INK;
  return { value: count, label: { show: count > top * LOWEST_LABELLED, position: 'inside', color, fontSize: 12 } };
}

/** The number above each bar: a line that is not drawn. */
function sums(totals: readonly number[]) {
  return {
    type: 'line',
    symbol: 'circle',
    symbolSize: 1,
    itemStyle: { color: 'transparent' },
    lineStyle: { width: 0 },
    data: totals.map((total) => ({ value: total, label: { show: total > 0 } })),
    label: { position: 'top', distance: 6, color: INK, fontSize: 14, fontWeight: 'bold', formatter: '{c}' },
  };
}

function altText(days: Numbers['days'], names: readonly string[], span: string): string {
  const told = days.map(({ opened }, index) => `${names[index]} ${totalOf(opened)}${kindsOf(opened)}`);
  return `Bar chart of incidents opened per day, ${span}: ${told.join('; ')}.`;
}

function kindsOf(opened: Numbers['opened']): string {
  return totalOf(opened) === 0 ? '' : ` (${severitiesText(opened)})`;
}
