import { Counter, Histogram, type Registry } from 'prom-client';
import type { Answered } from './ask-sources.ts';

/** What is counted of context. */
export interface ContextMetrics {
  /** A source ended so, after so long. */
  answered(source: string, how: Answered['kind'], seconds: number): void;
  /** Context of an incident was written down, this long after it was asked for. */
  gathered(seconds: number): void;
  skipped(reason: string): void;
}

/** Registers the series of context. */
export function createContextMetrics(registry: Registry): ContextMetrics {
  const registers = [registry];
  const sources = new Counter({
    name: 'gianna_ops_context_sources_total',
    help: 'Sources of context asked about an incident, by how they ended: found, nothing, late, failed.',
    labelNames: ['source', 'result'],
    registers,
  });
  const sourceSeconds = new Histogram({
    name: 'gianna_ops_context_source_seconds',
    help: 'Time a source of context took to answer.',
    labelNames: ['source'],
    buckets: [0.05, 0.1, 0.5, 1, 2, 5],
    registers,
  });
  const seconds = new Histogram({
    name: 'gianna_ops_context_seconds',
    help: 'Time from asking for the context of an incident to having all of it.',
    buckets: [0.5, 1, 2, 5, 10, 30, 60],
    registers,
  });
  const skipped = new Counter({
    name: 'gianna_ops_context_skipped_total',
    help: 'Contexts that were asked for and not gathered, by why.',
    labelNames: ['reason'],
    registers,
  });
  return {
    answered: (source, result, took) => {
      sources.inc({ source, result });
      sourceSeconds.observe({ source }, took);
    },
    gathered: (took) => seconds.observe(took),
    skipped: (reason) => skipped.inc({ reason }),
  };
}
