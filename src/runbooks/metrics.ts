import { Counter, Histogram, type Registry } from 'prom-client';

/** What the room counts; labels are configuration keys and our own words only. */
export interface RunMetrics {
  refused(code: string): void;
  ended(runbook: string, status: string, verdict: string | null, seconds: number): void;
}

/** Registers the series `gianna_ops_runbooks_…`. */
export function createRunMetrics(registry: Registry): RunMetrics {
  const refused = new Counter({
    name: 'gianna_ops_runbooks_refused_total',
    help: 'Runs that were asked for and refused, by reason.',
    labelNames: ['code'],
    registers: [registry],
  });
  const ended = new Counter({
    name: 'gianna_ops_runbooks_ended_total',
    help: 'Runs that ended, by runbook, status and verdict.',
    labelNames: ['runbook', 'status', 'verdict'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'gianna_ops_runbooks_run_seconds',
    help: 'Time from the start of a run to its end.',
    labelNames: ['runbook'],
    buckets: [1, 5, 10, 30, 60, 120, 300, 600],
    registers: [registry],
  });
  return {
    refused: (code) => refused.inc({ code }),
    ended: (runbook, status, verdict, took) => {
      ended.inc({ runbook, status, verdict: verdict ?? 'none' });
      seconds.observe({ runbook }, took);
    },
  };
}
