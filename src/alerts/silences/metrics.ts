import { Counter, Gauge, type Registry } from 'prom-client';

/** What this folder counts. */
export interface SilenceMetrics {
  /** An event of a silence was appended. */
  event(type: string): void;
  refused(verb: string, code: string): void;
  /** Alertmanager was asked to make, change or end one. */
  carriedOut(op: string, result: 'done' | 'again' | 'failed'): void;
  /** One of ours was lifted because a P0 began to fire under it. */
  liftedForP0(): void;
  polled(result: 'answered' | 'failed'): void;
  /** Ids of the silences in force. */
  active(ids: readonly string[]): void;
}

/** Registers the series of silences. */
export function createSilenceMetrics(registry: Registry): SilenceMetrics {
  const registers = [registry];
  const events = new Counter({
    name: 'gianna_ops_silences_events_total',
    help: 'Events of silences appended to the journal, by type.',
    labelNames: ['type'],
    registers,
  });
  const refused = new Counter({
    name: 'gianna_ops_silences_refused_total',
    help: 'Commands on silences that were refused, by verb and reason.',
    labelNames: ['verb', 'code'],
    registers,
  });
  const carriedOut = new Counter({
    name: 'gianna_ops_silences_carried_out_total',
    help: 'Attempts to make, extend, lift or announce the end of a silence, by how they ended.',
    labelNames: ['op', 'result'],
    registers,
  });
  const polled = new Counter({
    name: 'gianna_ops_silences_polls_total',
    help: 'Looks at the silences that Alertmanager holds, by whether it answered.',
    labelNames: ['result'],
    registers,
  });
  const liftedForP0 = new Counter({
    name: 'gianna_ops_silences_lifted_for_p0_total',
    help: 'Silences made here that were lifted by themselves because a P0 fired under them.',
    registers,
  });
  const active = new Gauge({
    name: 'gianna_ops_silences_active',
    help: 'Silences in force as last seen, by whether they were made here or elsewhere.',
    labelNames: ['made'],
    registers,
  });
  return {
    event: (type) => events.inc({ type }),
    refused: (verb, code) => refused.inc({ verb, code }),
    carriedOut: (op, result) => carriedOut.inc({ op, result }),
    liftedForP0: () => liftedForP0.inc(),
    polled: (result) => polled.inc({ result }),
    active: (ids) => {
      const here = ids.filter((id) => id.startsWith('SIL-')).length;
      active.set({ made: 'here' }, here);
      active.set({ made: 'elsewhere' }, ids.length - here);
    },
  };
}
