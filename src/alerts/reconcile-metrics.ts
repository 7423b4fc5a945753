import { Counter, Gauge, type Registry } from 'prom-client';

/** What asking Alertmanager counts. */
export interface ReconcileMetrics {
  asked(result: 'all' | 'some' | 'none'): void;
  /** None of its addresses answered the last time. */
  failing(isFailing: boolean): void;
  found(times: number): void;
  gone(times: number): void;
}

/** Registers the series `gianna_ops_reconcile_*`. */
export function createReconcileMetrics(registry: Registry): ReconcileMetrics {
  const registers = [registry];
  const asks = new Counter({
    name: 'gianna_ops_reconcile_asks_total',
    help: 'How often Alertmanager was asked what fires, by how many of its addresses answered: all, some, none.',
    labelNames: ['answered'],
    registers,
  });
  const failing = new Gauge({
    name: 'gianna_ops_reconcile_failing',
    help: '1 when no address of Alertmanager answered the last time it was asked; nothing is ended then.',
    registers,
  });
  const alerts = new Counter({
    name: 'gianna_ops_reconcile_alerts_total',
    help: 'Alerts that asking found: firing there and not brought by a delivery, or open here and gone there.',
    labelNames: ['change'],
    registers,
  });
  return {
    asked: (answered) => asks.inc({ answered }),
    failing: (isFailing) => failing.set(isFailing ? 1 : 0),
    found: (times) => alerts.inc({ change: 'found' }, times),
    gone: (times) => alerts.inc({ change: 'gone' }, times),
  };
}
