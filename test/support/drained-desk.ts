import type { FollowIncident } from '../../src/alerts/change.ts';
import { createAlertDesk } from '../../src/alerts/desk.ts';
import { systemClock } from '../../src/core/clock.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { createDrain, type Drain } from '../../src/journal/drain.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import type { Journal } from '../../src/journal/port.ts';
import { commandIn } from '../../src/journal/submit.ts';
import { type Verified, verifyJournal } from '../../src/journal/verify.ts';
import { testConfigSource } from './config.ts';
import { openTestJournal, silentLogger } from './journal.ts';
import { bytesOf, type PayloadAlert, type PayloadOptions, payload } from './payloads.ts';

export interface DrainedDesk {
  readonly journal: Journal;
  readonly drain: Drain;
  /** Stores a payload as the intake does; resolves once it is durable, whatever becomes of it then. */
  put(alerts: PayloadAlert[], options?: PayloadOptions): Promise<void>;
  /** Stops, folds everything that happened again, and removes the store. */
  verifyAndRemove(): Promise<Verified>;
}

const NOBODY: FollowIncident = async () => ({});

/** The alerts room behind the real inbox and drain, on real SQLite and the real clock. */
export async function openDrainedDesk(): Promise<DrainedDesk> {
  const { journal, path, remove } = await openTestJournal();
  const parts = { journal, clock: systemClock, logger: silentLogger };
  const metrics = createMetricsRegistry();
  const desk = createAlertDesk({ ...parts, config: testConfigSource(), metrics, follow: NOBODY });
  const drain = createDrain({
    ...parts,
    handlers: { command: async (row) => desk.command(commandIn(row)) },
    groups: { alertmanager: desk.receive },
    metrics: createJournalMetrics(createMetricsRegistry()),
  });
  drain.start();
  let rows = 0;
  return {
    journal,
    drain,
    put: async (alerts, options) => {
      rows += 1;
      const body = bytesOf(payload(alerts, options));
      const key = `payload-${rows}`;
      await journal.put({ lane: 'machines', source: 'alertmanager', key, receivedAt: systemClock.now(), body });
    },
    verifyAndRemove: async () => {
      await drain.stop();
      const verified = await verifyJournal({ path, evolvers: desk.evolvers });
      await remove();
      return verified;
    },
  };
}
