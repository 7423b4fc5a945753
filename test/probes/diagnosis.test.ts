import { expect, it } from 'vitest';
import type { Effect } from '../../src/journal/port.ts';
import type { CheckResult } from '../../src/probes/check.ts';
import { createDiagnosis } from '../../src/probes/diagnosis.ts';
import { testConfigSource } from '../support/config.ts';

const effect = (incident: string): Effect => ({
  key: incident,
  kind: 'diagnose',
  incident,
  state: 'claimed',
  askedAt: 0,
  claimedAt: 0,
  closedAt: null,
  data: { service: 'gianna', by: 'auto' },
  result: null,
});

it('incidents of one service that ask at the same moment share one look, and each gets its result', async () => {
  const answers: Array<(checks: CheckResult[]) => void> = [];
  const recorded: string[] = [];
  const diagnosis = createDiagnosis({
    config: testConfigSource(),
    runProbes: () => new Promise((resolve) => answers.push(resolve)),
    record: async (incident) => {
      recorded.push(incident);
      return { at: 0, actor: 'auto' };
    },
  });

  const both = Promise.all([diagnosis.run(effect('GI-1')), diagnosis.run(effect('GI-2'))]);
  answers[0]?.([]);
  for (const end of await both) await end.batch?.();
  const later = diagnosis.run(effect('GI-3'));
  answers[1]?.([]);
  await later;

  expect(answers.length).toBe(2);
  expect(recorded).toEqual(['GI-1', 'GI-2']);
});
