import type { Clock } from '../../core/clock.ts';
import type { ConfigSource } from '../../core/config/config.ts';
import type { Logger } from '../../core/logger.ts';
import { decideUntilAppended } from '../../journal/decide.ts';
import type { Effect, Journal } from '../../journal/port.ts';
import type { PageRequest, PageResult } from '../../oncall/page.ts';
import type { SlackMetrics } from '../metrics.ts';
import type { IncidentCard } from '../render/cards.ts';
import { type PageCard, renderDmPage, renderThreadPage } from '../render/page.ts';
import type { Call } from './caller.ts';
import type { Channels } from './channels.ts';
import { createDirectChannels } from './direct-channels.ts';
import type { Gates } from './gates.ts';
import type { Job } from './jobs.ts';
import { keyOf } from './keys.ts';
import { isUnreadable, metadataOf, threadOf } from './messages.ts';
import { type Outcome, outcomeOf, retry, SETTLED } from './outcome.ts';
import type { Recall } from './recall.ts';
import type { Address, Send } from './send.ts';
import type { SentMessages } from './sent.ts';
import type { DeliverySources } from './sources.ts';
import type { WantedPages } from './wanted-pages.ts';

export interface PageDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly call: Call;
  readonly recall: Recall;
  readonly send: Send;
  readonly gates: Gates;
  readonly sent: SentMessages;
  readonly channels: Channels;
  readonly pages: WantedPages;
  readonly sources: DeliverySources;
  readonly metrics: () => SlackMetrics;
  /** `https://team.slack.com/`, once known. */
  readonly workspaceUrl: () => string | null;
}

/**
 * Sends one page: claimed durably before, closed after. A page whose outcome is unknown is looked for, and sent again
 * marked as a possible repeat when it cannot be found: twice rather than never.
 */
export function createDeliverPage(deps: PageDeps): (job: Job) => Promise<Outcome> {
  const { journal, clock, logger, sent, pages, sources } = deps;
  const directChannel = createDirectChannels(deps.call);

  async function deliver(job: Job): Promise<Outcome> {
    const page = pages.get(job.id);
    if (page === null) return SETTLED;
    const request = page.effect.data as PageRequest;
    const card = await sources.incident(request.incident);
    if (card === null) return close(page.effect, failed('incident_unknown'));
    job.severity = card.view.severity;
    if (pages.isSuperseded(job.id)) {
      deps.metrics().spared('superseded');
      return close(page.effect, { ...failed('superseded'), outcome: 'superseded', error: null });
    }
    const address = await addressOf(job, request, card);
    if ('kind' in address) return address;
    if (address.channel === '') return close(page.effect, failed('no_slack_id'));
    if (job.doubt !== 'none') {
      const found = await lookBack(job, page.effect, card, address);
      if (found !== null) return found;
    }
    const waitMs = deps.gates.waitMs({ method: 'chat.postMessage', ...address });
    if (waitMs > 0) return retry(waitMs);
    if (!(await journal.claim(job.id, clock.now()))) {
      pages.forget(job.id);
      return SETTLED;
    }
    return post(job, page, card, address);
  }

  async function addressOf(job: Job, request: PageRequest, card: IncidentCard): Promise<Address | Outcome> {
    const common = { metadata: metadataOf(request.incident, job.key), isUrgent: true };
    if (request.means === 'dm') return { ...common, channel: slackIdOf(request.people[0]) ?? '', thread: null };
    const parent = sent.get(keyOf('parent', request.incident));
    if (parent !== null) return { ...common, channel: parent.channel, thread: threadOf(parent) };
    if (!card.view.digest) return { kind: 'needs-parent', incident: request.incident };
    const resolved = await deps.channels.resolve(card.view.channel);
    if (resolved.kind !== 'channel') return outcomeOf(job, resolved) ?? retry(REFUSED_MS);
    return { ...common, channel: resolved.id, thread: null };
  }

  async function post(job: Job, page: { effect: Effect; isRepeat: boolean }, card: IncidentCard, address: Address) {
    const { effect, isRepeat } = page;
    const request = effect.data as PageRequest;
    const lateSeconds = Math.max(0, (clock.now() - request.dueAt) / 1000);
    const shown = pageCard(request, { isRepeat, lateSeconds, permalink: permalinkOf(request.incident) });
    const render = request.means === 'dm' ? renderDmPage : renderThreadPage;
    const result = await deps.send.post(job, render(card, shown, sources.nameOf), address);
    if (result.kind === 'ok') {
      const { channel, ts } = result.answer;
      return taken(effect, card, {
        channel: String(channel ?? address.channel),
        ts: String(ts),
        thread: address.thread,
      });
    }
    const outcome = outcomeOf(job, result);
    if (outcome === null && result.kind === 'failed') return refused(job, effect, address, result.failure.code);
    // it certainly was not sent: whoever acknowledges now still stops it
    if (job.doubt === 'none')
      await journal.append({ at: clock.now(), actor: 'auto', effects: [{ op: 'again', key: effect.key }] });
    return outcome ?? SETTLED;
  }

  async function taken(effect: Effect, card: IncidentCard, at: { channel: string; ts: string; thread: string | null }) {
    const { incident, level, round, cycle, dueAt } = effect.data as PageRequest;
    const now = clock.now();
    sent.set(keyOf('page', effect.key), { ...at, hash: '', incident, sentAt: now });
    if (cycle === 1 && level === 1 && round === 0) deps.metrics().firstPage((now - card.view.openedAt) / 1000);
    const lateSeconds = Math.max(0, Math.round((now - dueAt) / 1000));
    return close(effect, { outcome: 'sent', error: null, reference: `${at.channel}/${at.ts}`, lateSeconds });
  }

  /** null: it is not there and still wanted, so it may be sent (again). */
  async function lookBack(job: Job, effect: Effect, card: IncidentCard, address: Address): Promise<Outcome | null> {
    const place = await placeOf(job, effect, address);
    if ('kind' in place) return place;
    const since = effect.claimedAt ?? effect.askedAt;
    const found = await deps.recall({ ...address, channel: place.channel, job, since, parentOf: null });
    if (found.kind === 'found') return taken(effect, card, { ...found, thread: address.thread });
    if (found.kind === 'wait' || (found.kind === 'failed' && !isUnreadable(found.failure.code))) {
      const outcome = outcomeOf(job, found);
      if (outcome !== null) return outcome;
    }
    if (card.view.status !== 'firing') {
      return close(effect, { outcome: 'unknown', error: 'answer_lost', reference: null, lateSeconds: 0 });
    }
    job.doubt = 'none';
    pages.repeat(effect.key);
    await journal.append({ at: clock.now(), actor: 'auto', effects: [{ op: 'again', key: effect.key }] });
    return null;
  }

  /** A direct message is looked for in its own channel, not under the person's id. */
  async function placeOf(job: Job, effect: Effect, address: Address): Promise<{ channel: string } | Outcome> {
    if ((effect.data as PageRequest).means !== 'dm') return { channel: address.channel };
    const result = await directChannel(address.channel);
    if (result.kind !== 'channel') return outcomeOf(job, result) ?? { channel: address.channel };
    return { channel: result.id };
  }

  async function refused(job: Job, effect: Effect, address: Address, code: string): Promise<Outcome> {
    const { means, incident } = effect.data as PageRequest;
    if (means === 'dm' || !deps.channels.refused(address.channel, code)) return close(effect, failed(code));
    sent.set(keyOf('parent', incident), null);
    await journal.append({ at: clock.now(), actor: 'auto', effects: [{ op: 'again', key: job.id }] });
    return retry(0);
  }

  async function close(effect: Effect, result: PageResult): Promise<Outcome> {
    await decideUntilAppended(journal, async () => ({
      at: clock.now(),
      actor: 'auto',
      ...(await sources.pageClosed(effect, result)),
    }));
    pages.forget(effect.key);
    if (result.outcome === 'failed' || result.outcome === 'unknown')
      logger.warn({ page: effect.key, error: result.error }, 'page was not sent');
    return SETTLED;
  }

  function pageCard(request: PageRequest, rest: Pick<PageCard, 'isRepeat' | 'lateSeconds' | 'permalink'>): PageCard {
    const known = request.people.map((person) => ({ person, id: slackIdOf(person) }));
    return {
      request,
      mentions: known.flatMap(({ id }) => (id === null ? [] : [id])),
      unnamed: [
        ...known.filter(({ id }) => id === null).map(({ person }) => sources.nameOf(person)),
        ...request.targets,
      ],
      ...rest,
    };
  }

  function slackIdOf(person: string | undefined): string | null {
    return deps.config.current().oncall.people[person ?? '']?.slack[0] ?? null;
  }

  function permalinkOf(incident: string): string | null {
    const parent = sent.get(keyOf('parent', incident));
    const url = deps.workspaceUrl();
    if (parent === null || parent.ts === '' || url === null) return null;
    return `${url}archives/${parent.channel}/p${parent.ts.replace('.', '')}`;
  }

  return deliver;
}

const REFUSED_MS = 60_000;

function failed(error: string): PageResult {
  return { outcome: 'failed', error, reference: null, lateSeconds: 0 };
}
