import { describe, expect, it } from 'vitest';
import { drawnOf } from '../../../src/alerts/context/chart.ts';
import { closerLook, windowAround } from '../../../src/alerts/context/window.ts';

const NOW = Date.UTC(2026, 10, 22, 14, 10, 0);
const MINUTE = 60;
const WINDOW = { from: NOW / 1000 - 10 * MINUTE, to: NOW / 1000, stepSeconds: MINUTE };
const FIRED = NOW - 4 * 60_000;

const series = (labels: Record<string, string>, values: Array<number | null>) => ({
  labels,
  values: new Map(
    values.flatMap((value, index) => (value === null ? [] : [[WINDOW.from + index * MINUTE, value] as const])),
  ),
});
const drawn = (input: Partial<Parameters<typeof drawnOf>[0]>) =>
  drawnOf({ series: [], limits: [], window: WINDOW, firedAt: FIRED, firing: [], ...input });

describe('the window of a chart', () => {
  it('begins an hour before it fired and ends now', () => {
    const { from, to, stepSeconds } = windowAround(FIRED, NOW);

    expect(to).toBe(NOW / 1000);
    expect(from).toBeLessThanOrEqual(FIRED / 1000 - 3600);
    expect(from).toBeGreaterThan(FIRED / 1000 - 3600 - stepSeconds);
    expect((to - from) / stepSeconds).toBeLessThanOrEqual(150);
  });

  it('is the last day at most', () => {
    const { from, to, stepSeconds } = windowAround(NOW - 30 * 86_400_000, NOW);

    expect(to - from).toBe(86_400);
    expect(stepSeconds).toBe(600);
  });

  it('is not turned round by a start in the future', () => {
    const { from, to } = windowAround(NOW + 3_600_000, NOW);

    expect(to - from).toBeGreaterThanOrEqual(3600);
  });

  it('is looked at closer when there are a few values only', () => {
    const window = windowAround(FIRED, NOW);

    expect(closerLook(window, window.to - 90, 3)).toEqual({ from: window.to - 120, to: window.to, stepSeconds: 1 });
    expect(closerLook(window, window.from, 100)).toBeNull();
  });
});

describe('what is drawn', () => {
  it('has the value at firing, the peak since, and the last one', () => {
    const values = [40, 41, 42, 43, 60, 70, 85, 97, 96, 93, 92];

    const { series: shown, hidden } = drawn({ series: [series({}, values)], limits: [{ operator: '>', value: 80 }] });

    expect(shown).toEqual([{ labels: {}, fires: false, values, atFiring: 85, peak: 97, last: 92 }]);
    expect(hidden).toBe(0);
  });

  it('takes the lowest for a limit from below, the nearest for one that must be equal', () => {
    const hits = drawn({
      series: [series({}, [0.9, 0.4, 0.2, 0.1, 0.3])],
      limits: [{ operator: '<', value: 0.5 }],
      firedAt: 0,
    });
    const up = drawn({ series: [series({}, [1, 1, 0, 1])], limits: [{ operator: '==', value: 0 }], firedAt: 0 });

    expect(hits.series[0]?.peak).toBe(0.1);
    expect(up.series[0]?.peak).toBe(0);
  });

  it('says that a value was not there rather than draw a line across', () => {
    const { series: shown } = drawn({ series: [series({}, [1, null, null, 4])] });

    expect(shown[0]?.values.slice(0, 5)).toEqual([1, null, null, 4, null]);
    expect(shown[0]?.last).toBe(4);
  });

  it('shows the firing series first, then the worst, five in all, and counts the rest', () => {
    const many = Array.from({ length: 9 }, (_, index) => series({ pod: `p${index}`, job: 'api' }, [index, index]));

    const { series: shown, hidden } = drawn({
      series: many,
      limits: [{ operator: '>', value: 1 }],
      firedAt: 0,
      firing: [{ alertname: 'X', pod: 'p2', job: 'api', severity: 'warning' }],
    });

    expect(shown.map(({ labels, fires }) => [labels.pod, fires])).toEqual([
      ['p2', true],
      ['p8', false],
      ['p7', false],
      ['p6', false],
      ['p5', false],
    ]);
    expect(shown[0]?.labels).toEqual({ pod: 'p2' });
    expect(hidden).toBe(4);
  });

  it('knows a firing series though the rule covers one of its labels', () => {
    const { series: shown } = drawn({
      series: [series({ provider: 'a', component: 'llm' }, [1]), series({ provider: 'b', component: 'llm' }, [9])],
      firing: [{ alertname: 'X', provider: 'a', component: 'covered' }],
    });

    expect(shown.map(({ labels, fires }) => [labels.provider, fires])).toEqual([
      ['a', true],
      ['b', false],
    ]);
  });

  it('is nothing when no series has a value', () => {
    expect(drawn({ series: [series({}, [])] }).series).toEqual([]);
  });
});
