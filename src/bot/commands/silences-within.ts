import type { SilenceView } from '../../alerts/silences/views.ts';
import type { Desk } from '../listen/deps.ts';

/** Slack waits three seconds for the whole answer. */
const PATIENCE_MS = 1_800;

/** Silences in force; null: they could not be learnt in time. */
export async function silencesWithin(
  deps: Pick<Desk, 'silences' | 'clock' | 'logger'>,
): Promise<readonly SilenceView[] | null> {
  const late = new Promise<null>((resolve) => deps.clock.after(PATIENCE_MS, () => resolve(null)));
  const asked = deps.silences.list().catch((error: unknown) => {
    deps.logger.warn({ err: error }, 'silences cannot be listed now');
    return null;
  });
  return Promise.race([asked, late]);
}
