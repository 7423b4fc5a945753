import type { Clock } from '../../core/clock.ts';
import type { ConfigSource } from '../../core/config/config.ts';
import { transient } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { EffectEnd, EffectExecutor } from '../../journal/effects.ts';
import type { Batch, Effect, Journal } from '../../journal/port.ts';
import type { Escalation } from '../escalation.ts';
import type { AckLinks } from '../links/ack-links.ts';
import type { PageRequest, PageResult } from '../page.ts';
import { addressOf } from './address.ts';
import { capNotice } from './cap-notice.ts';
import { judgeCap, readPaid } from './caps.ts';
import { askDelivery } from './delivery.ts';
import type { PagerMetrics } from './metrics.ts';
import { wordsOf } from './paged-incident.ts';
import type { OutgoingPage, Pager, SendResult } from './pager.ts';
import type { Tries } from './tries.ts';
import { isStillWanted } from './wanted.ts';

export interface PageExecutorDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: PagerMetrics;
  readonly tries: Tries;
  readonly pageClosed: Escalation['pageClosed'];
  /** A link by which the person acknowledges; null where none can be made. */
  readonly ackUrl: AckLinks['urlOf'];
}

/** Longer than that a page is not tried: the next means has to take over. */
const GIVE_UP_AFTER_MS = 120_000;

/**
 * Sends the pages of one means. In: an effect that was claimed. Out: `page.sent` or `page.failed`, or another try by the
 * runner's back-off. A page whose answer was lost is looked for, or sent again under the same id; one that nobody wants
 * any more is left.
 */
export function createPageExecutor(pager: Pager, deps: PageExecutorDeps): EffectExecutor {
  const { journal, config, clock, metrics, tries } = deps;
  const { means } = pager;

  async function run(effect: Effect): Promise<EffectEnd> {
    const request = effect.data as PageRequest;
    const attempt = tries.begin(effect);
    if (attempt.isRepeat && !(await isStillWanted(journal, effect, request))) return forget(effect);
    const address = addressOf(request, means, config.current().oncall);
    if (address === null) return failed(effect, 'no_address', 'refused');
    const now = clock.now();
    const question = { severity: request.severity, incident: request.incident, people: request.people, now };
    const paid = await readPaid(journal, means, { now, except: effect.key });
    if (judgeCap(config.current().oncall.paging.caps[means], paid, question) === 'cap-reached') {
      return failed(effect, 'cap-reached', 'cap-reached', capNotice(means, now));
    }
    const [person = null] = request.people;
    const who = means === 'pagerduty' ? null : person;
    const ackUrl = deps.ackUrl({ ...effect, incident: request.incident, person: who });
    const words = await wordsOf(journal, request, { now, ackUrl });
    if (words === null) return failed(effect, 'incident_unknown', 'refused');
    const { key, askedAt } = effect;
    return conclude(effect, { key, person: who, address, words, askedAt, mayBeThere: attempt.mayBeThere });
  }

  async function conclude(effect: Effect, page: OutgoingPage): Promise<EffectEnd> {
    const result = await pager.send(page);
    if (result.kind === 'sent') return sent(effect, result);
    if (result.kind === 'refused') return failed(effect, result.error, 'refused');
    tries.failed(effect, result.mayBeThere);
    if (clock.now() - tries.since(effect) >= GIVE_UP_AFTER_MS) return failed(effect, result.error, 'gave-up');
    metrics.triedAgain(means);
    throw transient('PAGE_LATER', `A page by ${means} was not taken (${result.error}).`, 'It is tried again.');
  }

  function sent(effect: Effect, { reference, isFinal }: Extract<SendResult, { kind: 'sent' }>): EffectEnd {
    const request = effect.data as PageRequest;
    const ageMs = Math.max(0, clock.now() - request.dueAt);
    metrics.ended(means, 'sent');
    metrics.age(means, ageMs / 1000);
    const follow = isFinal || reference === null ? {} : askDelivery(effect, means, reference);
    return close(effect, { outcome: 'sent', error: null, reference, lateSeconds: Math.floor(ageMs / 1000) }, follow);
  }

  function failed(effect: Effect, error: string, outcome: string, more: Partial<Batch> = {}): EffectEnd {
    metrics.ended(means, outcome);
    deps.logger.warn({ incidentId: effect.incident, means, error }, 'page failed');
    return close(effect, { outcome: 'failed', error, reference: null, lateSeconds: 0 }, more);
  }

  function close(effect: Effect, result: PageResult, more: Partial<Batch>): EffectEnd {
    tries.forget(effect);
    const batch = async (): Promise<Batch> => {
      const part = await deps.pageClosed(effect, result);
      return {
        at: clock.now(),
        actor: 'auto',
        ...part,
        effects: [...(part.effects ?? []), ...(more.effects ?? [])],
        payloads: new Map([...(part.payloads ?? []), ...(more.payloads ?? [])]),
      };
    };
    return { state: result.outcome === 'sent' ? 'done' : 'failed', result, batch };
  }

  function forget(effect: Effect): EffectEnd {
    tries.forget(effect);
    return { state: 'failed', result: { error: 'no_longer_wanted' } };
  }

  return { idempotent: true, concurrency: pager.concurrency, run };
}
