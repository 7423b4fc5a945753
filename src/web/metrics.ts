import { Counter, Histogram, type Registry } from 'prom-client';

/** What the HTTP edge counts. */
export interface WebMetrics {
  /** A payload of a source was answered with this status after so long. */
  intake(source: string, status: number, seconds: number): void;
  intakeBytes(bytes: number): void;
  /** A connection was turned away: there are too many. */
  connectionDropped(): void;
}

/** Registers the series of the HTTP edge. */
export function createWebMetrics(registry: Registry): WebMetrics {
  const registers = [registry];
  const answered = new Counter({
    name: 'gianna_ops_web_intake_total',
    help: 'Requests to the Alertmanager webhook, by the status they were answered with.',
    labelNames: ['status'],
    registers,
  });
  const others = new Counter({
    name: 'gianna_ops_web_webhooks_total',
    help: 'Requests to the webhooks beside that of Alertmanager, by source and the status they were answered with.',
    labelNames: ['source', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'gianna_ops_web_intake_seconds',
    help: 'Time from the head of a request to the Alertmanager webhook to its answer.',
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 5],
    registers,
  });
  const bytes = new Counter({
    name: 'gianna_ops_web_intake_bytes_total',
    help: 'Bytes of webhook payloads read, inflated; all webhooks.',
    registers,
  });
  const dropped = new Counter({
    name: 'gianna_ops_web_connections_dropped_total',
    help: 'Connections turned away because there were too many.',
    registers,
  });
  return {
    intake: (source, status, took) => {
      if (source !== 'alertmanager') return others.inc({ source, status });
      answered.inc({ status });
      seconds.observe(took);
    },
    intakeBytes: (count) => bytes.inc(count),
    connectionDropped: () => dropped.inc(),
  };
}
