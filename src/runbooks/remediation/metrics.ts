import { Counter, type Registry } from 'prom-client';

/** What automatic remediation counts; labels are rules of the configuration and our own words. */
export interface RemediationMetrics {
  looked(rule: string, outcome: string): void;
  judged(rule: string, verdict: string): void;
}

/** Registers the series `gianna_ops_runbooks_remediation_…`. */
export function createRemediationMetrics(registry: Registry): RemediationMetrics {
  const looked = new Counter({
    name: 'gianna_ops_runbooks_remediation_looks_total',
    help: 'Times that a rule looked whether to run, by what came of it: started, or why not.',
    labelNames: ['rule', 'outcome'],
    registers: [registry],
  });
  const judged = new Counter({
    name: 'gianna_ops_runbooks_remediation_judged_total',
    help: 'Runs of a rule that ended, by verdict.',
    labelNames: ['rule', 'verdict'],
    registers: [registry],
  });
  return {
    looked: (rule, outcome) => looked.inc({ rule, outcome }),
    judged: (rule, verdict) => judged.inc({ rule, verdict }),
  };
}
