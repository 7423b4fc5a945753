import { Counter, type Registry } from 'prom-client';

/** What leases count; labels are our own words only. */
export interface LeaseMetrics {
  /** The engine was asked to revert one, and said so. */
  asked(answer: string): void;
  refused(verb: string, code: string): void;
  orphan(what: 'found' | 'gone' | 'unread'): void;
  /** What a lease holds was looked at on a host. */
  kept(what: 'there' | 'put-back' | 'not-put-back' | 'unread'): void;
}

/** Registers the series `gianna_ops_runbooks_lease_…` and `gianna_ops_runbooks_orphans_…`. */
export function createLeaseMetrics(registry: Registry): LeaseMetrics {
  const asked = new Counter({
    name: 'gianna_ops_runbooks_lease_reversals_total',
    help: 'Times that the end of a lease asked for its reversal, by what the engine answered.',
    labelNames: ['answer'],
    registers: [registry],
  });
  const refused = new Counter({
    name: 'gianna_ops_runbooks_lease_refused_total',
    help: 'Commands on leases that were refused, by verb and reason.',
    labelNames: ['verb', 'code'],
    registers: [registry],
  });
  const orphans = new Counter({
    name: 'gianna_ops_runbooks_orphans_total',
    help: 'Marks of ours on hosts that nothing in the journal holds: found, gone again, and hosts whose marks could not be read.',
    labelNames: ['what'],
    registers: [registry],
  });
  const kept = new Counter({
    name: 'gianna_ops_runbooks_lease_kept_total',
    help: 'Looks at what leases hold on hosts: there, gone and put back, gone and not put back, and hosts that could not be read.',
    labelNames: ['what'],
    registers: [registry],
  });
  return {
    kept: (what) => kept.inc({ what }),
    asked: (answer) => asked.inc({ answer }),
    refused: (verb, code) => refused.inc({ verb, code }),
    orphan: (what) => orphans.inc({ what }),
  };
}
