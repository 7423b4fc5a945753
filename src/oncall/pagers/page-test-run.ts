import { transient } from '../../core/errors.ts';
import type { EffectEnd, EffectExecutor } from '../../journal/effects.ts';
import type { Effect } from '../../journal/port.ts';
import { addressOf } from './address.ts';
import { judgeCap, readPaid } from './caps.ts';
import type { PagerMetrics } from './metrics.ts';
import type { PageTestDeps, PageTestRequest } from './page-test.ts';
import type { DeliveryState, Pager } from './pager.ts';
import type { Sleeper } from './sleeper.ts';
import type { Tries } from './tries.ts';

export interface PageTestRunDeps extends PageTestDeps {
  readonly metrics: PagerMetrics;
  readonly tries: Tries;
  readonly sleeper: Sleeper;
}

const CONCURRENCY = 5;
const LOOK_EVERY_MS = 2000;
/** Somebody waits at a terminal. */
const GIVE_UP_AFTER_MS = 60_000;

/** Sends the pages of a test, and waits for what the vendor says of them. */
export function createPageTestRun(deps: PageTestRunDeps): EffectExecutor {
  const { journal, config, clock, pagers, metrics, tries, sleeper } = deps;

  async function run(effect: Effect): Promise<EffectEnd> {
    const { means, people, test } = effect.data as PageTestRequest;
    const pager = pagers.get(means);
    const { oncall } = config.current();
    const address = addressOf({ people, targets: [] }, means, oncall);
    if (pager === undefined || address === null) return failed('no_address');
    const now = clock.now();
    const paid = await readPaid(journal, means, { now, except: new Set([effect.key]) });
    const question = { severity: 'P3', incident: null, people, now };
    if (judgeCap(oncall.paging.caps[means], paid, question) === 'cap-reached') return failed('cap-reached');
    const { key, askedAt } = effect;
    const { mayBeThere } = tries.begin(effect);
    const [person = null] = people;
    const words = {
      incident: test,
      severity: 'P3',
      title: 'Somebody asked for a test of how you are paged',
      service: null,
      since: askedAt,
      now,
      next: null,
      ackUrl: null,
      isTest: true,
    } as const;
    const sent = await pager.send({ key, person, address, words, askedAt, mayBeThere });
    if (sent.kind === 'refused') return failed(sent.error);
    if (sent.kind === 'later') {
      tries.failed(effect, sent.mayBeThere);
      if (clock.now() - tries.since(effect) >= GIVE_UP_AFTER_MS) return failed(sent.error);
      throw transient('PAGE_LATER', `A test page by ${means} was not taken (${sent.error}).`, 'It is tried again.');
    }
    metrics.ended(means, 'test');
    tries.forget(effect);
    return sent.isFinal || sent.reference === null
      ? { state: 'done', result: { delivery: 'sent' } }
      : settle(pager, sent.reference);
  }

  async function settle(pager: Pager, reference: string): Promise<EffectEnd> {
    const until = clock.now() + GIVE_UP_AFTER_MS;
    while (clock.now() < until && !sleeper.isStopped()) {
      await sleeper.sleep(LOOK_EVERY_MS);
      const state = await pager.deliveryOf?.(reference).catch((): DeliveryState => ({ kind: 'pending' }));
      if (state === undefined || state.kind === 'pending') continue;
      const end = state.kind === 'delivered' ? 'done' : 'failed';
      return { state: end, result: { delivery: state.kind, error: state.kind === 'delivered' ? null : state.detail } };
    }
    return { state: 'done', result: { delivery: 'sent, not confirmed' } };
  }

  return { idempotent: true, concurrency: CONCURRENCY, run };
}

function failed(error: string): EffectEnd {
  return { state: 'failed', result: { delivery: 'failed', error } };
}
