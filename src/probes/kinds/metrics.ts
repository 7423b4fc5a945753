import { firstLine } from '../../hosts/printable.ts';
import { type Finding, rankOf } from '../finding.ts';
import { sayNetworkError } from '../network-error.ts';
import { findSamples, type Sample } from '../prometheus-text.ts';
import { sayUrl } from '../target.ts';
import { judgeValue, sayLimit, sayNumber } from '../threshold.ts';
import type { ProbeOf } from './deps.ts';

/** Scrapes a /metrics page and judges the worst series of one metric. A page or series that is not there is unknown. */
export async function probeMetrics(config: ProbeOf<'metrics'>, signal: AbortSignal): Promise<Finding> {
  const target = `${sayUrl(config.url)} ${config.metric}`;
  const page = await scrape(config, signal);
  if ('failure' in page) return { target, result: 'unknown', summary: `not scraped: ${page.failure}`, evidence: {} };
  const samples = findSamples(page.text, config.metric, config.labels);
  return { target, ...judgeSamples(samples, config) };
}

type Page = { readonly text: string } | { readonly failure: string };

async function scrape(config: ProbeOf<'metrics'>, signal: AbortSignal): Promise<Page> {
  // Imported at the first use: it is a good part of the start's time.
  const { createHttp } = await import('../../core/http.ts');
  const http = createHttp({ timeoutMs: config.timeoutSeconds * 1000 });
  try {
    const answer = await http.get<string>(config.url, {
      signal,
      responseType: 'text',
      validateStatus: () => true,
      headers: { accept: 'text/plain; version=0.0.4' },
    });
    return answer.status === 200 ? { text: answer.data } : { failure: `answered ${answer.status}` };
  } catch (error) {
    return { failure: sayNetworkError(error) };
  }
}

/** The worst sample against the thresholds; several are named with their labels. */
export function judgeSamples(
  samples: readonly Sample[],
  config: Pick<ProbeOf<'metrics'>, 'metric' | 'warn' | 'fail'>,
): Omit<Finding, 'target'> {
  const [worst] = samples
    .map((sample) => ({ sample, ...judgeValue(sample.value, config) }))
    .sort((a, b) => rankOf(a.result) - rankOf(b.result));
  if (worst === undefined) return { result: 'unknown', summary: `no series ${config.metric}`, evidence: { series: 0 } };
  const { sample, result, limit } = worst;
  const name = `${config.metric}${sayLabels(sample)}`;
  const several = samples.length === 1 ? '' : `, the worst of ${samples.length} series`;
  const summary = `${name} is ${sayNumber(sample.value)}${sayLimit(limit)}${several}`;
  const value = Number.isFinite(sample.value) ? sample.value : String(sample.value);
  return { result, summary, evidence: { value, series: samples.length } };
}

function sayLabels({ labels }: Sample): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${firstLine(value, 40)}"`);
  return pairs.length === 0 ? '' : `{${pairs.slice(0, 4).join(',')}}`;
}
