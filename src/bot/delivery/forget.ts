import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { Pictures } from './pictures.ts';
import type { SentMessages } from './sent.ts';
import type { DeliverySources } from './sources.ts';

const DAY_MS = 24 * 3600_000;
const KEPT_MS = 30 * DAY_MS;

/**
 * Once at the start and then daily: where the messages of incidents are that closed more than 30 days ago is forgotten,
 * and of notices and runs of that age that belong to none. Returns the end of it.
 */
export function startForgetting(deps: {
  clock: Clock;
  logger: Logger;
  sent: SentMessages;
  pictures: Pick<Pictures, 'forget'>;
  sources: Pick<DeliverySources, 'incident'>;
}): () => void {
  const { clock, logger, sent, pictures, sources } = deps;
  let isStopped = false;
  let cancel: () => void = () => undefined;

  async function forget(): Promise<void> {
    const before = clock.now() - KEPT_MS;
    for (const incident of sent.incidentsBefore(before)) {
      const view = incident === null ? null : ((await sources.incident(incident))?.view ?? null);
      if (view !== null && (view.closedAt === null || view.closedAt > before)) continue;
      sent.forget(incident, before);
      if (incident !== null) pictures.forget(incident);
    }
  }

  function run(): void {
    if (isStopped) return;
    forget().catch((error: unknown) => logger.warn({ err: error }, 'old messages cannot be forgotten now'));
    cancel = clock.after(DAY_MS, run);
  }

  run();
  return () => {
    isStopped = true;
    cancel();
  };
}
