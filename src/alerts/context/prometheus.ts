/**
 * The border to Prometheus' HTTP API (/api/v1/query_range), for charts. It only ever talks to `prometheus.url` of
 * routes.yml; each address is asked in turn until one answers.
 *
 * Sample answer: {"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"app"},
 *  "values":[[1763820000,"1"],[1763820030,"0"]]}]}}
 */
import * as z from 'zod';
import type { UpstreamConfig } from '../../core/config/config.ts';
import { OpsError, refuse, transient } from '../../core/errors.ts';
import { createHttp, whyNoAnswer } from '../../core/http.ts';
import { upstreamOptions } from '../../core/upstream.ts';

const Matrix = z.object({
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])),
      }),
    ),
  }),
});

/** One series of an answer; `values` by time in seconds, not finite ones left out. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: ReadonlyMap<number, number>;
}

export interface RangeQuery {
  readonly query: string;
  /** Epoch seconds. */
  readonly from: number;
  readonly to: number;
  readonly stepSeconds: number;
}

export interface PrometheusClient {
  /** Failures are the transient PROMETHEUS_AWAY, or the refusal PROMETHEUS_REFUSED with what it said. */
  range(query: RangeQuery, signal: AbortSignal): Promise<Series[]>;
}

const TIMEOUT_MS = 4_500;
/** 10,000 series of 200 values. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Makes the client of one Prometheus, or of several that say the same. */
export function createPrometheus(upstream: UpstreamConfig): PrometheusClient {
  const http = createHttp({ timeoutMs: TIMEOUT_MS, maxBytes: MOST_BYTES });
  const fixed = { ...upstreamOptions(upstream), validateStatus: () => true };

  async function ask(url: string, { query, from, to, stepSeconds }: RangeQuery, signal: AbortSignal) {
    const data = new URLSearchParams({
      query,
      start: String(from),
      end: String(to),
      step: String(stepSeconds),
      timeout: `${TIMEOUT_MS}ms`,
    });
    try {
      return await http.request({ ...fixed, method: 'POST', url: `${url}/api/v1/query_range`, data, signal });
    } catch (error) {
      throw away(url, whyOf(error), error);
    }
  }
  return {
    range: async (query, signal) => {
      let failure: OpsError | null = null;
      for (const url of upstream.urls) {
        try {
          return seriesOf(await ask(url, query, signal), url);
        } catch (error) {
          if (!(error instanceof OpsError) || error.family !== 'transient') throw error;
          failure = error;
        }
      }
      throw failure ?? refuse('PROMETHEUS_UNKNOWN', 'No Prometheus is configured.', 'Set prometheus: in routes.yml.');
    },
  };
}

function seriesOf({ status, data }: { readonly status: number; readonly data: unknown }, url: string): Series[] {
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) throw refused(status, data);
  if (status !== 200) throw away(url, `it answered ${status}`);
  const parsed = Matrix.safeParse(data);
  if (!parsed.success) throw away(url, 'its answer cannot be read; is this a Prometheus?');
  return parsed.data.data.result.map(({ metric, values }) => ({
    labels: withoutName(metric),
    values: new Map(
      values.map(([at, value]) => [at, Number(value)] as const).filter(([, value]) => Number.isFinite(value)),
    ),
  }));
}

function withoutName({
  __name__: _name,
  ...labels
}: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return labels;
}

function away(url: string, what: string, cause?: unknown): OpsError {
  return transient(
    'PROMETHEUS_AWAY',
    `Prometheus at ${new URL(url).host} does not answer: ${what}.`,
    'Look at prometheus: in routes.yml, and at Prometheus itself.',
    cause,
  );
}

function refused(status: number, data: unknown): OpsError {
  const said = z.object({ error: z.string() }).safeParse(data);
  const why = said.success ? `: ${said.data.error.slice(0, 200)}` : '';
  const remedy =
    status === 401 || status === 403
      ? 'Look at prometheus.auth in routes.yml.'
      : 'The expression is that of the alert’s own link.';
  return refuse('PROMETHEUS_REFUSED', `Prometheus refused (${status})${why}.`, remedy);
}

function whyOf(error: unknown): string {
  const why = whyNoAnswer(error, TIMEOUT_MS);
  return why === 'ERR_BAD_RESPONSE' ? 'its answer is too long' : why;
}
