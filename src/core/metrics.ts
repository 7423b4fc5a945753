import { Registry } from 'prom-client';

export type { Registry };

/** The process's metrics registry; each room registers its own `gianna_ops_<area>_…` series in its `metrics.ts`. */
export function createMetricsRegistry(): Registry {
  return new Registry();
}
