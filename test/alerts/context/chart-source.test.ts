import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChartPart } from '../../../src/alerts/context/context.ts';
import type { ContextSubject } from '../../../src/alerts/context/source.ts';
import { chartSource } from '../../../src/alerts/context/sources/chart.ts';
import { OpsError } from '../../../src/core/errors.ts';
import { testConfig, testConfigSource } from '../../support/config.ts';
import { matrix, type PrometheusStandIn, startPrometheusStandIn } from '../../support/prometheus-stand-in.ts';

const NOW = Date.UTC(2026, 10, 22, 14, 10, 0);
const signal = new AbortController().signal;

describe('the chart of an alert', () => {
  let prometheus: PrometheusStandIn;
  let decoy: PrometheusStandIn;
  beforeEach(async () => {
    prometheus = await startPrometheusStandIn();
    decoy = await startPrometheusStandIn();
  });
  afterEach(async () => {
    await prometheus.stop();
    await decoy.stop();
  });

  const gather = (generatorUrl: string | null, options: { urls?: string[]; bearer?: string } = {}) => {
    const auth = options.bearer === undefined ? null : { bearer: options.bearer };
    const { routing } = testConfig();
    const upstream = { urls: options.urls ?? [prometheus.url], auth, caFile: null };
    const source = chartSource(testConfigSource(testConfig({ routing: { ...routing, prometheus: upstream } })));
    return source.gather(subject(generatorUrl), signal) as Promise<ChartPart | null>;
  };
  const link = (expression: string, page = 'graph', base = decoy.url) =>
    `${base}/${page}?g0.expr=${encodeURIComponent(expression)}&g0.tab=1`;

  it('is that of its own expression without the comparison, over an hour before it fired until now', async () => {
    const chart = await gather(link('gianna_cpu_usage_percent > 80'));

    const [asked] = prometheus.asked;
    expect(asked?.path).toBe('/api/v1/query_range');
    expect(asked?.form.get('query')).toBe('gianna_cpu_usage_percent');
    expect(Number(asked?.form.get('end'))).toBe(NOW / 1000);
    expect(Number(asked?.form.get('start'))).toBeLessThanOrEqual(NOW / 1000 - 480 - 3600);
    expect(chart).toMatchObject({ limits: [{ operator: '>', value: 80 }], unit: 'percent', hidden: 0 });
    expect(chart?.series[0]?.values[0]).toBe(40);
    expect(chart?.series[0]?.last).toBe(92);
  });

  it.each(['graph', 'query', 'prometheus/graph'])('reads the link of the page /%s', async (page) => {
    expect(await gather(link('up == 0', page))).not.toBeNull();
  });

  it('asks with the token of routes.yml', async () => {
    await gather(link('up'), { bearer: 'prom-token' });

    expect(prometheus.asked[0]?.authorization).toBe('Bearer prom-token');
  });

  it('asks the next address when one does not answer', async () => {
    const gone = await startPrometheusStandIn();
    await gone.stop();

    expect(await gather(link('up'), { urls: [gone.url, prometheus.url] })).not.toBeNull();
  });

  it('never asks the address of the alert, whatever it is', async () => {
    const hostile = [
      link('up > 1'),
      link('up > 1', 'graph', `http://user:secret@${decoy.url.slice(7)}`),
      `javascript:fetch('${decoy.url}')//graph?g0.expr=up`,
      'http://169.254.169.254/graph?g0.expr=up',
      'http://[fd00:ec2::254]/graph?g0.expr=up',
      'http://metadata.google.internal/graph?g0.expr=up',
      'http://010.0.0.1/graph?g0.expr=up',
      'file:///graph?g0.expr=up',
      'data:text/html,/graph?g0.expr=up',
      `//${decoy.url.slice(7)}/graph?g0.expr=up`,
      `${decoy.url}/graph?g0.expr=up&g0.expr=${encodeURIComponent(decoy.url)}`,
      `${prometheus.url}/graph?g0.expr=up#${decoy.url}`,
      `${decoy.url}\r\nHost: ${prometheus.url}/graph?g0.expr=up`,
    ];

    for (const url of hostile) await gather(url).catch(() => null);

    expect(decoy.connections()).toBe(0);
    expect(new Set(prometheus.asked.map(({ path }) => path))).toEqual(new Set(['/api/v1/query_range']));
  });

  it('does not follow where Prometheus sends it', async () => {
    prometheus.answer = () => ({ status: 302, body: '' });

    await expect(gather(link('up'))).rejects.toThrow('it answered 302');
    expect(decoy.connections()).toBe(0);
  });

  it.each([null, '', 'not a url', 'http://grafana.example.com/alerting/x/view', 'http://p/graph?g0.expr=rate(x[5m'])(
    'is nothing, and nobody is asked, without an expression: %s',
    async (url) => {
      expect(await gather(url)).toBeNull();
      expect(prometheus.connections()).toBe(0);
    },
  );

  it('is nothing when no series answers', async () => {
    prometheus.answer = (form) => ({ status: 200, body: matrix(form, []) });

    expect(await gather(link('up'))).toBeNull();
  });

  it('draws five of many series and counts the rest', async () => {
    prometheus.answer = (form) => {
      const series = Array.from({ length: 400 }, (_, index) => ({ labels: { pod: `p${index}` }, at: () => index }));
      return { status: 200, body: matrix(form, series) };
    };

    const chart = await gather(link('load > 1'));

    expect(chart?.series.map(({ labels }) => labels.pod)).toEqual(['p399', 'p398', 'p397', 'p396', 'p395']);
    expect(chart?.hidden).toBe(395);
  });

  it('leaves out what is no number', async () => {
    prometheus.answer = (form) => {
      const at = (share: number) => (share < 0.5 ? 'NaN' : share < 0.9 ? '+Inf' : 3);
      return { status: 200, body: matrix(form, [{ labels: {}, at }]) };
    };

    const chart = await gather(link('x > 1'));

    expect(new Set(chart?.series[0]?.values)).toEqual(new Set([null, 3]));
  });

  it('looks closer at what exists for a short time only', async () => {
    const birth = NOW / 1000 - 30;
    prometheus.answer = (form) => {
      const body = JSON.parse(matrix(form, [{ labels: {}, at: () => 1 }]));
      for (const series of body.data.result) {
        series.values = series.values.filter(([time]: [number]) => time >= birth);
      }
      return { status: 200, body: JSON.stringify(body) };
    };

    const chart = await gather(link('x > 1'));

    expect(chart?.stepSeconds).toBe(1);
    expect(chart?.series[0]?.values.filter((value) => value !== null).length).toBe(31);
  });

  it.each([
    [
      'refuses the expression',
      { status: 400, body: '{"status":"error","error":"parse error"}' },
      'refused (400): parse error',
    ],
    ['asks for a token', { status: 401, body: '' }, 'refused (401)'],
    ['is overwhelmed', { status: 503, body: '' }, 'it answered 503'],
    ['is no Prometheus', { status: 200, body: '<html>' }, 'is this a Prometheus?'],
    [
      'answers something else',
      { status: 200, body: '{"status":"success","data":{"resultType":"scalar"}}' },
      'cannot be read',
    ],
  ])('says what is wrong when Prometheus %s', async (_name, answer, said) => {
    prometheus.answer = () => answer;

    const failure = await gather(link('x > 1')).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(OpsError);
    expect((failure as OpsError).message).toContain(said);
  });
});

function subject(generatorUrl: string | null): ContextSubject {
  return {
    incident: { id: 'GI-1' } as ContextSubject['incident'],
    alertname: 'X',
    severity: 'P1',
    service: 'gianna',
    alert: { labels: {}, annotations: {}, generatorUrl },
    firing: [{}],
    firedAt: NOW - 480_000,
    now: NOW,
    overAt: null,
  };
}
