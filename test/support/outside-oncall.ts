import type { Journal } from '../../src/journal/port.ts';
import type { OncallDeps } from '../../src/oncall/oncall.ts';
import { createReadNumbers } from '../../src/oncall/reports/read-numbers.ts';
import { isFix } from '../../src/runbooks/fixes.ts';

/** What the on-call room asks of other rooms, where nothing of it matters: no silences, no probes, a Slack that shows what it is told. */
export function outsideOncall(
  journal: Journal,
): Pick<OncallDeps, 'nameOf' | 'readNumbers' | 'silences' | 'failingProbes' | 'showDuty'> {
  return {
    nameOf: (actor) => actor,
    readNumbers: createReadNumbers({ journal, isFix }),
    silences: async () => [],
    failingProbes: async () => [],
    showDuty: async () => [],
  };
}
