import type { ConfigSource, UpstreamConfig } from '../../../core/config/config.ts';
import { drawnOf } from '../chart.ts';
import type { ChartPart } from '../context.ts';
import { expressionIn } from '../generator-url.ts';
import { createPrometheus, type PrometheusClient, type Series } from '../prometheus.ts';
import { splitExpression } from '../promql.ts';
import type { ContextSource, ContextSubject } from '../source.ts';
import { unitOf } from '../unit.ts';
import { closerLook, type Window, windowAround } from '../window.ts';

/** The alert's own expression, asked of the Prometheus of routes.yml; without one there is nothing to draw. */
export function chartSource(config: ConfigSource): ContextSource {
  const clientOf = createClients();
  return {
    name: 'chart',
    title: 'Chart',
    atEnd: true,
    gather: async (subject, signal) => {
      const upstream = config.current().routing.prometheus;
      const expression = expressionIn(subject.alert.generatorUrl);
      const watched = expression === null ? null : splitExpression(expression);
      if (upstream === null || watched === null) return null;
      const look = (window: Window) => clientOf(upstream).range({ query: watched.series, ...window }, signal);
      const { window, series } = await lookClosely(windowAround(subject.firedAt, subject.now), look);
      const drawn = drawnOf({
        series,
        window,
        limits: watched.limits,
        firedAt: subject.firedAt,
        firing: subject.firing,
      });
      return drawn.series.length === 0 ? null : chartPart(subject, watched, drawn);
    },
  };
}

function chartPart(
  subject: ContextSubject,
  { series: expression, limits }: { readonly series: string; readonly limits: ChartPart['limits'] },
  drawn: Pick<ChartPart, 'from' | 'stepSeconds' | 'series' | 'hidden'>,
): ChartPart {
  const { alertname, firedAt, overAt } = subject;
  return { kind: 'chart', alertname, expression, limits, unit: unitOf(expression), firedAt, overAt, ...drawn };
}

/** Asks a second time, closer, when the first answer has a few values only. */
async function lookClosely(
  window: Window,
  look: (window: Window) => Promise<Series[]>,
): Promise<{ window: Window; series: Series[] }> {
  const series = await look(window);
  const times = series.flatMap(({ values }) => [...values.keys()].slice(0, 1));
  if (times.length === 0) return { window, series };
  const points = Math.max(...series.map(({ values }) => values.size));
  const closer = closerLook(
    window,
    times.reduce((least, time) => Math.min(least, time)),
    points,
  );
  return closer === null ? { window, series } : fromBirth(closer, await look(closer));
}

/** Without the time before there was anything. */
function fromBirth(window: Window, series: Series[]): { window: Window; series: Series[] } {
  const firstAt = Math.min(...series.map(({ values }) => [...values.keys()][0] ?? window.to));
  const idle = Math.max(0, Math.floor((firstAt - window.from) / window.stepSeconds) - 1);
  return { window: { ...window, from: window.from + idle * window.stepSeconds }, series };
}

/** One client for each upstream that a configuration names. */
function createClients(): (upstream: UpstreamConfig) => PrometheusClient {
  let made: { readonly upstream: UpstreamConfig; readonly client: PrometheusClient } | null = null;
  return (upstream) => {
    if (made?.upstream !== upstream) made = { upstream, client: createPrometheus(upstream) };
    return made.client;
  };
}
