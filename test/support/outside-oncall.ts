import type { Journal } from '../../src/journal/port.ts';
import type { OncallDeps } from '../../src/oncall/oncall.ts';
import { createReadNumbers } from '../../src/oncall/reports/read-numbers.ts';
import { isFix } from '../../src/runbooks/fixes.ts';

/** What the on-call room asks of other rooms, where nothing of it matters: no silences, no probes, no links, no other means, a Slack that shows what it is told. */
export function outsideOncall(
  journal: Journal,
): Omit<OncallDeps, 'journal' | 'config' | 'clock' | 'logger' | 'metrics'> {
  return {
    nameOf: (actor) => actor,
    readNumbers: createReadNumbers({ journal, isFix }),
    silences: async () => [],
    failingProbes: async () => [],
    showDuty: async () => [],
    means: { smtp: null, twilio: null, pagerduty: null, linkKeys: [], linkKeyFile: '' },
    publicUrl: null,
    decideIncident: async () => {
      throw new Error('nobody follows a link here');
    },
  };
}
