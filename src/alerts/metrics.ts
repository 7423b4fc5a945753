import { Counter, Gauge, type Registry } from 'prom-client';

/** What the room counts; every drop and refusal by its reason. */
export interface AlertMetrics {
  /** One alert was decided: `started`, `repeated`, `ended`, … */
  decided(kind: string, reason: string): void;
  rejected(reason: string, times: number): void;
  watchdogSeen(): void;
  /** An event of an incident was appended. */
  incidentEvent(type: string): void;
  refused(verb: string, code: string): void;
}

/** Registers the series of alerts and incidents. */
export function createAlertMetrics(registry: Registry): AlertMetrics {
  const registers = [registry];
  const decided = new Counter({
    name: 'gianna_ops_alerts_decided_total',
    help: 'Alerts taken from stored payloads, by what they did to their occurrence and why.',
    labelNames: ['decision', 'reason'],
    registers,
  });
  const rejected = new Counter({
    name: 'gianna_ops_alerts_rejected_total',
    help: 'Alerts of a good payload that could not be read, by the field that is wrong.',
    labelNames: ['reason'],
    registers,
  });
  const watchdog = new Counter({
    name: 'gianna_ops_alerts_watchdog_total',
    help: 'Deliveries of the watchdog alert, which opens nothing.',
    registers,
  });
  const events = new Counter({
    name: 'gianna_ops_incidents_events_total',
    help: 'Events of incidents appended to the journal, by type.',
    labelNames: ['type'],
    registers,
  });
  const refused = new Counter({
    name: 'gianna_ops_incidents_refused_total',
    help: 'Commands on incidents that were refused, by verb and reason.',
    labelNames: ['verb', 'code'],
    registers,
  });
  return {
    decided: (decision, reason) => decided.inc({ decision, reason }),
    rejected: (reason, times) => rejected.inc({ reason }, times),
    watchdogSeen: () => watchdog.inc(),
    incidentEvent: (type) => events.inc({ type }),
    refused: (verb, code) => refused.inc({ verb, code }),
  };
}

/** Registers whether the watchdog is missing, read when it is asked for. */
export function observeWatchdog(registry: Registry, isMissing: () => Promise<boolean>): void {
  new Gauge({
    name: 'gianna_ops_alerts_watchdog_missing',
    help: '1 while the watchdog is missing: alerts may fire without reaching this desk.',
    registers: [registry],
    async collect() {
      this.set((await isMissing()) ? 1 : 0);
    },
  });
}
