import type { ChartPart, IncidentContext, RunbooksPart, SimilarPart } from '../../../src/alerts/context/context.ts';
import { AT } from './cards.ts';

const MINUTE = 60_000;

/** CPU of one hour that rises from 40 to 92 over its threshold of 80. */
export function chart(overrides: Partial<ChartPart> = {}): ChartPart {
  const values = Array.from({ length: 129 }, (_, index) => (index < 90 ? 40 : Math.min(92, 40 + (index - 90) * 2)));
  return {
    kind: 'chart',
    alertname: 'HighCPUUsage',
    expression: 'gianna_cpu_usage_percent',
    limits: [{ operator: '>', value: 80 }],
    unit: 'percent',
    from: AT - 60 * MINUTE,
    stepSeconds: 30,
    firedAt: AT,
    overAt: null,
    series: [{ labels: {}, fires: true, values, atFiring: 85.2, peak: 97.1, last: 92 }],
    hidden: 0,
    ...overrides,
  };
}

export const RUNBOOKS: RunbooksPart = {
  kind: 'runbooks',
  url: 'https://docs.example.com/runbooks/cpu',
  fitting: [{ name: 'restart', summary: 'Restart a service and prove that it is well again', risk: 'R2' }],
};

export const SIMILAR: SimilarPart = {
  kind: 'similar',
  likeness: 'alert-and-service',
  count: 3,
  isAtLeast: false,
  days: 90,
  medianSeconds: 840,
  latest: [
    {
      id: 'GI-97',
      openedAt: AT - 3 * 86_400_000,
      seconds: 840,
      resolvedBy: 'slack:U1',
      fixedBy: ['restart (RUN-3)'],
      notes: ['a worker was stuck in a loop'],
    },
    { id: 'GI-61', openedAt: AT - 20 * 86_400_000, seconds: null, resolvedBy: null, fixedBy: [], notes: [] },
  ],
};

export const MISSING = [{ title: 'Chart', reason: 'no answer within 5 s' }];

/** Everything that a good day gathers. */
export function gathered(overrides: Partial<IncidentContext> = {}): IncidentContext {
  return {
    at: AT + 2000,
    parts: [
      chart(),
      {
        kind: 'logs',
        from: 'gianna_1',
        lines: ['GET /health 503 in 12 ms', 'worker 3: <loop> `again` & again', 'password=[redacted]'],
        isCut: true,
      },
      {
        kind: 'changes',
        firedAt: AT,
        changes: [
          { at: AT - 18 * MINUTE, text: 'deployed gianna v1.42', by: 'ana', url: 'https://ci.example.com/runs/42' },
          { at: AT - 95 * MINUTE, text: 'the configuration was reloaded: routes.yml', by: null, url: null },
        ],
        hidden: 1,
      },
      SIMILAR,
      RUNBOOKS,
    ],
    missing: [],
    pending: [],
    ...overrides,
  };
}
