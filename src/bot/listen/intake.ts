import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import { envelopeFacts } from './envelope.ts';
import type { Identity } from './identity.ts';
import type { ListenMetrics } from './metrics.ts';
import { createSeenKeys } from './seen-keys.ts';
import type { Delivery } from './socket.ts';

export interface IntakeDeps {
  readonly identity: Identity;
  /** Hands a delivery to its handler; resolves when that is done. */
  readonly dispatch: (delivery: Delivery) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: ListenMetrics;
}

const COPY_TTL_MS = 600_000;
/** How long the answer of a delivery is kept for its copies. */
const ANSWER_TTL_MS = 10_000;
const COPY_PATIENCE_MS = 2_500;
const IDENTITY_PATIENCE_MS = 1_000;

const FOREIGN = 'Gianna Ops belongs to another workspace and does not take orders from this one. Nothing was done.';

/**
 * What every delivery goes through, whichever connection brought it: a second copy is acknowledged and dropped, another
 * workspace is refused, and whatever its handler leaves unacknowledged is acknowledged at the end.
 */
export function createIntake(deps: IntakeDeps): (delivery: Delivery) => Promise<void> {
  const seen = createSeenKeys(deps.clock, COPY_TTL_MS);
  const answers = new Map<string, Promise<unknown>>();

  async function isForeign(teamId: string | null): Promise<boolean> {
    const late = new Promise<null>((resolve) => deps.clock.after(IDENTITY_PATIENCE_MS, () => resolve(null)));
    const self = deps.identity.current() ?? (await Promise.race([deps.identity.learn(), late]));
    // Not known yet: the token or signature has said that the delivery is ours, and rights look at the account's workspace.
    return self !== null && teamId !== null && teamId !== self.teamId;
  }

  /** A copy of a submitted view gets the same answer: an empty one would close the modal over its errors. */
  async function ackCopy(delivery: Delivery, key: string, kind: string): Promise<void> {
    const late = new Promise<void>((resolve) => deps.clock.after(COPY_PATIENCE_MS, resolve));
    const answer = await Promise.race([answers.get(key) ?? Promise.resolve(undefined), late]);
    await delivery.ack(kind === 'view' ? answer : undefined);
  }

  async function handle(delivery: Delivery, key: string | null, kind: string): Promise<void> {
    const since = deps.clock.monotonicMs();
    let acked = false;
    let tell: (payload: unknown) => void = () => undefined;
    if (key !== null) {
      answers.set(key, new Promise((resolve) => (tell = resolve)));
      deps.clock.after(ANSWER_TTL_MS, () => answers.delete(key));
    }
    const ack = async (payload?: unknown) => {
      if (acked) return;
      acked = true;
      tell(payload);
      deps.metrics.acked(kind, (deps.clock.monotonicMs() - since) / 1000);
      await delivery.ack(payload);
    };
    try {
      await deps.dispatch({ ...delivery, ack });
    } finally {
      await ack();
    }
  }

  async function receive(delivery: Delivery): Promise<void> {
    const { key, kind, teamId } = envelopeFacts(delivery.body);
    if (key !== null && !seen.add(key)) {
      deps.metrics.envelope(kind, 'copy');
      return ackCopy(delivery, key, kind);
    }
    if (await isForeign(teamId)) {
      deps.metrics.envelope(kind, 'foreign');
      deps.logger.warn({ team: teamId, kind }, 'delivery of another workspace refused');
      return delivery.ack(kind === 'command' ? { response_type: 'ephemeral', text: FOREIGN } : undefined);
    }
    await handle(delivery, key, kind);
    deps.metrics.envelope(kind, 'handled');
  }

  return async (delivery) => {
    try {
      await receive(delivery);
    } catch (error) {
      deps.metrics.envelope('other', 'failed');
      deps.logger.warn({ err: error }, 'delivery could not be handled or acknowledged');
    }
  };
}
