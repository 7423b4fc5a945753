import { Counter, Histogram } from 'prom-client';
import type { Registry } from '../../core/metrics.ts';
import type { OtherMeans } from './pager.ts';

export interface PagerMetrics {
  /** How a page by another means than Slack ended: sent, refused, gave-up, cap-reached, delivered, undelivered. */
  ended(means: OtherMeans, outcome: string): void;
  /** A try that is made again. */
  triedAgain(means: OtherMeans): void;
  /** From when it fell due to when it was taken. */
  age(means: OtherMeans, seconds: number): void;
}

/** The series of the pagers. */
export function createPagerMetrics(registry: Registry): PagerMetrics {
  const registers = [registry];
  const ended = new Counter({
    name: 'gianna_ops_pager_pages_total',
    help: 'Pages by other means than Slack, by means and outcome.',
    labelNames: ['means', 'outcome'],
    registers,
  });
  const again = new Counter({
    name: 'gianna_ops_pager_retries_total',
    help: 'Tries of such pages that failed and were made again, by means.',
    labelNames: ['means'],
    registers,
  });
  const age = new Histogram({
    name: 'gianna_ops_pager_age_seconds',
    help: 'Time from when a page fell due to when the other side took it, by means.',
    labelNames: ['means'],
    buckets: [1, 2, 5, 10, 30, 60, 120, 300],
    registers,
  });
  return {
    ended: (means, outcome) => ended.inc({ means, outcome }),
    triedAgain: (means) => again.inc({ means }),
    age: (means, seconds) => age.observe({ means }, seconds),
  };
}
