import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from '../core/metrics.ts';
import type { CheckResult } from './check.ts';
import { rankOf } from './finding.ts';

export interface ProbeMetrics {
  ran(result: CheckResult): void;
  skipped(): void;
  /** Drops the series of probes that the configuration no longer names. */
  keepOnly(probes: readonly string[]): void;
}

const BUCKETS = [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 30];

/** The probes' series. `probe` takes only names of probes.yml; an unknown name asked for is not counted by name. */
export function createProbeMetrics(registry: Registry): ProbeMetrics {
  const registers = [registry];
  const result = new Gauge({
    name: 'gianna_ops_probe_result',
    help: 'Latest result of a probe: 0 ok, 1 warn, 2 unknown, 3 fail.',
    labelNames: ['probe'],
    registers,
  });
  const seconds = new Gauge({
    name: 'gianna_ops_probe_seconds',
    help: 'How long the latest run of a probe took.',
    labelNames: ['probe'],
    registers,
  });
  const durations = new Histogram({
    name: 'gianna_ops_probe_run_seconds',
    help: 'How long runs of all probes took.',
    buckets: BUCKETS,
    registers,
  });
  const runs = new Counter({
    name: 'gianna_ops_probe_runs_total',
    help: 'Runs of probes by their result.',
    labelNames: ['result'],
    registers,
  });
  const skips = new Counter({
    name: 'gianna_ops_probe_slots_skipped_total',
    help: 'Scheduled runs left out because the run before them had not ended.',
    registers,
  });
  const named = new Set<string>();
  return {
    ran: (check) => {
      named.add(check.probe);
      result.set({ probe: check.probe }, 3 - rankOf(check.result));
      seconds.set({ probe: check.probe }, check.seconds);
      durations.observe(check.seconds);
      runs.inc({ result: check.result });
    },
    skipped: () => skips.inc(),
    keepOnly: (probes) => {
      for (const probe of [...named].filter((name) => !probes.includes(name))) {
        named.delete(probe);
        result.remove({ probe });
        seconds.remove({ probe });
      }
    },
  };
}
