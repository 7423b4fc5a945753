import PQueue from 'p-queue';
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
import { judgeCap, readPaid, waitingFor } from './caps.ts';
import { askDelivery } from './delivery.ts';
import { createFolds, namesOf } from './folds.ts';
import type { PagerMetrics } from './metrics.ts';
import { wordsOf } from './paged-incident.ts';
import type { PageAddress, Pager, SendResult } from './pager.ts';
import type { Sleeper } from './sleeper.ts';
import type { Tries } from './tries.ts';
import { isStillWanted } from './wanted.ts';
import type { PageWords } from './words.ts';

export interface PageExecutorDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: PagerMetrics;
  readonly tries: Tries;
  readonly sleeper: Sleeper;
  readonly pageClosed: Escalation['pageClosed'];
  /** A link by which the person acknowledges; null where none can be made. */
  readonly ackUrl: AckLinks['urlOf'];
  /** Plain name of an actor or of a key of oncall.people. */
  readonly nameOf: (actor: string) => string;
}

/** Pages that wait for their minute hold no sender back: so many may. */
const MOST_WAITING = 1_000;
const CAP_REACHED = 'cap-reached' as const;

/** Where and how a page goes, and what it carries. */
interface Way {
  readonly address: PageAddress;
  readonly mayBeThere: boolean;
  readonly others: readonly Effect[];
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
  const isWanted = (effect: Effect) => isStillWanted(journal, effect, effect.data as PageRequest);
  const folds = createFolds<SendResult>({ journal, clock, sleeper: deps.sleeper, means, isWanted });
  const sending = new PQueue({ concurrency: pager.concurrency });

  async function run(effect: Effect): Promise<EffectEnd> {
    const request = effect.data as PageRequest;
    const attempt = tries.begin(effect);
    if (attempt.isRepeat && !(await isStillWanted(journal, effect, request))) return forget(effect);
    const address = addressOf(request, means, config.current().oncall);
    if (address === null) return failed(effect, 'no_address', 'refused');
    if (await isCapped(effect, [])) return concluded(effect, { kind: 'refused', error: CAP_REACHED }, []);
    const turn = await folds.enter(effect);
    if (turn.kind === 'stopped') throw transient('PAGE_LATER', 'The bot stops.', 'It is sent after the next start.');
    if (turn.kind === 'unwanted') return forget(effect);
    if (turn.kind === 'carried') return concluded(effect, turn.result, turn.names);
    const result = await lead(effect, { address, mayBeThere: attempt.mayBeThere, others: turn.others }, turn.ended);
    return concluded(effect, result, namesOf([effect, ...turn.others]));
  }

  /** Sends one message for a page and those that it carries, and tells them how it ended, whatever happens. */
  async function lead(effect: Effect, way: Way, ended: (result: SendResult) => void): Promise<SendResult> {
    let result: SendResult = { kind: 'later', error: 'not_sent', mayBeThere: false };
    try {
      result = await sendOut(effect, way);
      return result;
    } finally {
      ended(result);
    }
  }

  async function sendOut(effect: Effect, { address, mayBeThere, others }: Way): Promise<SendResult> {
    const { incident, people } = effect.data as PageRequest;
    if (await isCapped(effect, others)) return { kind: 'refused', error: CAP_REACHED };
    const person = means === 'pagerduty' ? null : (people[0] ?? null);
    const ackUrl = deps.ackUrl({ ...effect, incident, person });
    const words = await said(effect.data as PageRequest, ackUrl);
    if (words === null) return { kind: 'refused', error: 'incident_unknown' };
    const page = { key: effect.key, person, address, words: { ...words, others: await othersOf(others) } };
    const sent = await sending.add(() => pager.send({ ...page, askedAt: effect.askedAt, mayBeThere }));
    return sent ?? { kind: 'later', error: 'not_sent', mayBeThere: false };
  }

  /** Whether a page costs more than the means may; what waits for the same person's minute goes out with it. */
  async function isCapped(effect: Effect, others: readonly Effect[]): Promise<boolean> {
    const { severity, incident, people } = effect.data as PageRequest;
    const now = clock.now();
    const except = new Set([effect, ...others].map(({ key }) => key));
    const paid = (await readPaid(journal, means, { now, except })).filter(
      ({ message }) => message !== waitingFor(people),
    );
    const question = { severity, incident, people, now };
    return judgeCap(config.current().oncall.paging.caps[means], paid, question) === CAP_REACHED;
  }

  /** The other incidents that the message names, each once. */
  async function othersOf(others: readonly Effect[]): Promise<NonNullable<PageWords['others']>> {
    const requests = new Map(others.map(({ data }) => [(data as PageRequest).incident, data as PageRequest]));
    const words = await Promise.all([...requests.values()].map((each) => said(each, null)));
    return words.flatMap((each) => each ?? []);
  }

  function said(request: PageRequest, ackUrl: string | null): Promise<PageWords | null> {
    const { nameOf } = deps;
    return wordsOf(journal, request, { now: clock.now(), ackUrl, oncall: config.current().oncall, nameOf });
  }

  function concluded(effect: Effect, result: SendResult, names: readonly string[]): EffectEnd {
    if (result.kind === 'sent') return sent(effect, result, names);
    if (result.kind === 'refused' && result.error === CAP_REACHED) {
      return failed(effect, CAP_REACHED, CAP_REACHED, capNotice(means, clock.now()));
    }
    if (result.kind === 'refused') return failed(effect, result.error, 'refused');
    tries.failed(effect, result.mayBeThere);
    if (clock.now() - tries.since(effect) >= GIVE_UP_AFTER_MS) return failed(effect, result.error, 'gave-up');
    metrics.triedAgain(means);
    throw transient('PAGE_LATER', `A page by ${means} was not taken (${result.error}).`, 'It is tried again.');
  }

  function sent(
    effect: Effect,
    { reference, isFinal }: Extract<SendResult, { kind: 'sent' }>,
    names: readonly string[],
  ): EffectEnd {
    const request = effect.data as PageRequest;
    const ageMs = Math.max(0, clock.now() - request.dueAt);
    metrics.ended(means, 'sent');
    metrics.age(means, ageMs / 1000);
    const follow = isFinal || reference === null ? {} : askDelivery(effect, means, reference);
    const folded = names.length > 1 ? { folded: names.length, names } : {};
    const lateSeconds = Math.floor(ageMs / 1000);
    return close(effect, { outcome: 'sent', error: null, reference, lateSeconds, ...folded }, follow);
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

  return { idempotent: true, concurrency: MOST_WAITING, run };
}
