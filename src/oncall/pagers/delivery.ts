import type { Clock } from '../../core/clock.ts';
import { transient } from '../../core/errors.ts';
import type { EffectEnd, EffectExecutor } from '../../journal/effects.ts';
import type { Batch, Effect, Journal } from '../../journal/port.ts';
import type { Escalation } from '../escalation.ts';
import type { PagerMetrics } from './metrics.ts';
import type { DeliveryState, OtherMeans, Pagers } from './pager.ts';
import type { Sleeper } from './sleeper.ts';

/** Effects of this kind ask a vendor what became of a page that it took. */
export const PAGE_DELIVERY = 'page-delivery';
type DeliveryRequest = { readonly page: string; readonly means: OtherMeans; readonly reference: string };

/** The part of a batch that asks for it, in the transaction that closes the page. */
export function askDelivery(page: Effect, means: OtherMeans, reference: string): Required<Pick<Batch, 'effects'>> {
  const data: DeliveryRequest = { page: page.key, means, reference };
  const key = `${PAGE_DELIVERY}|${page.key}`;
  return { effects: [{ op: 'ask', key, kind: PAGE_DELIVERY, incident: page.incident, data }] };
}

export interface DeliveryDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly pagers: Pagers;
  readonly metrics: PagerMetrics;
  readonly sleeper: Sleeper;
  readonly pageDelivered: Escalation['pageDelivered'];
}

const CONCURRENCY = 50;
/** First soon, then rarer. */
const WAITS_MS = [2000, 3000, 5000, 5000, 10_000];
const LONGEST_WAIT_MS = 15_000;
/** Many networks never confirm: then it stays unknown. */
const GIVE_UP_AFTER_MS = 300_000;

/** Polls until a page is delivered or is not, and records that as an event of its escalation. */
export function createDeliveryWatch(deps: DeliveryDeps): EffectExecutor {
  const { journal, clock, pagers, metrics, pageDelivered, sleeper } = deps;

  async function run(effect: Effect): Promise<EffectEnd> {
    const { page, means, reference } = effect.data as DeliveryRequest;
    const deliveryOf = pagers.get(means)?.deliveryOf;
    const closed = await journal.effect(page);
    if (deliveryOf === undefined || closed === null) return { state: 'unknown', result: {} };
    for (let look = 0; ; look += 1) {
      await sleeper.sleep(WAITS_MS[look] ?? LONGEST_WAIT_MS);
      if (sleeper.isStopped()) throw transient('STOPPING', 'The bot stops.', 'It is asked again after the start.');
      const state = await deliveryOf(reference).catch((): DeliveryState => ({ kind: 'pending' }));
      if (state.kind !== 'pending') return settled(closed, means, state);
      if (clock.now() - effect.askedAt >= GIVE_UP_AFTER_MS)
        return { state: 'unknown', result: { error: 'unconfirmed' } };
    }
  }

  function settled(page: Effect, means: OtherMeans, state: Exclude<DeliveryState, { kind: 'pending' }>): EffectEnd {
    metrics.ended(means, state.kind);
    const batch = async (): Promise<Batch> => ({
      at: clock.now(),
      actor: 'auto',
      ...(await pageDelivered(page, { outcome: state.kind, detail: state.detail })),
    });
    return { state: state.kind === 'delivered' ? 'done' : 'failed', result: { detail: state.detail }, batch };
  }

  return { idempotent: true, concurrency: CONCURRENCY, run };
}
