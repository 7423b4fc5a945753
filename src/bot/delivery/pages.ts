import type { Clock } from '../../core/clock.ts';
import type { Journal } from '../../journal/port.ts';
import type { PageResult } from '../../oncall/page.ts';
import type { SlackMetrics } from '../metrics.ts';
import { isBeyondWanted } from '../render/beyond-page.ts';
import type { IncidentCard } from '../render/cards.ts';
import { fittingIncidents } from '../render/folded-page.ts';
import { aliasOf, type Bundles } from './bundles.ts';
import type { Channels } from './channels.ts';
import type { DirectChannel } from './direct-channels.ts';
import { type Folds, isGraver } from './folds.ts';
import type { Job, Jobs } from './jobs.ts';
import { keyOf } from './keys.ts';
import { isUnreadable } from './messages.ts';
import { type Outcome, outcomeOf, retry, SETTLED } from './outcome.ts';
import type { PageAddresses } from './page-address.ts';
import type { createFoldInto } from './page-fold.ts';
import { beyondOf, type PostPages } from './page-post.ts';
import type { Recall } from './recall.ts';
import type { Address } from './send.ts';
import type { SentMessages } from './sent.ts';
import type { DeliverySources } from './sources.ts';
import { isAlone, type WantedPage, type WantedPages } from './wanted-pages.ts';

export interface PageDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly recall: Recall;
  readonly jobs: Jobs;
  readonly sent: SentMessages;
  readonly channels: Channels;
  readonly pages: WantedPages;
  readonly bundles: Bundles;
  readonly folds: Folds;
  readonly addresses: PageAddresses;
  readonly directChannel: DirectChannel;
  readonly post: PostPages;
  readonly foldInto: ReturnType<typeof createFoldInto>;
  readonly sources: DeliverySources;
  readonly metrics: () => SlackMetrics;
  /** Carries a mention in a channel that is in a storm; null: the channel is calm. */
  readonly inStorm: (job: Job, page: WantedPage, card: IncidentCard) => Promise<Outcome> | null;
}

/**
 * Sends pages: claimed durably before, closed after. A page whose outcome is unknown is looked for, and sent again
 * marked as a possible repeat when it cannot be found: twice rather than never. A person gets one direct message a
 * minute: what else is wanted folds into it, but for a P0 after something lesser.
 */
export function createDeliverPage(deps: PageDeps): (job: Job) => Promise<Outcome> {
  const { journal, clock, sent, pages, bundles, folds, addresses, sources } = deps;

  async function deliver(job: Job): Promise<Outcome> {
    const page = pages.get(job.id);
    if (page === null) return SETTLED;
    const card = await sources.incident(page.request.incident);
    if (card === null) return close(page, failed('incident_unknown'));
    job.severity = card.view.severity;
    if (pages.isSuperseded(job.id)) {
      deps.metrics().spared('superseded');
      return close(page, { ...failed('superseded'), outcome: 'superseded', error: null });
    }
    const isMention = page.request.means === 'thread';
    const stormy = isMention && !isAlone(page.request) && job.doubt === 'none' ? deps.inStorm(job, page, card) : null;
    if (stormy !== null) return stormy;
    const address = await addresses.addressOf(job, page.request, card);
    if ('kind' in address) return address;
    if (address.channel === '') return close(page, failed('no_slack_id'));
    if (job.doubt !== 'none') {
      const found = await lookBack(job, page, card, address);
      if (found !== null) return found;
    }
    if (isMention) return mention(job, page, address);
    return isAlone(page.request) ? alone(job, page, address) : direct(job, page, card, address);
  }

  function mention(job: Job, page: WantedPage, address: Address): Promise<Outcome> {
    return deps.post(job, [page], {
      address,
      sent: () => undefined,
      refused: async (claimed, code) => {
        if (!deps.channels.refused(address.channel, code)) return closeAll(claimed, code);
        sent.set(keyOf('parent', page.request.incident), null);
        await bundles.giveBack(claimed);
        return retry(0);
      },
    });
  }

  /** A message of its own. */
  function alone(job: Job, page: WantedPage, address: Address): Promise<Outcome> {
    return deps.post(job, [page], { address, sent: () => undefined, refused: closeAll });
  }

  function direct(job: Job, page: WantedPage, card: IncidentCard, address: Address): Promise<Outcome> {
    const person = page.request.people[0] ?? '';
    const all = [page, ...companionsOf(page, person)];
    const last = folds.openTo(person);
    const { severity } = card.view;
    if (last !== null && !isGraver(severity, last.severity)) return deps.foldInto(last, person, job, all);
    const ids = fittingIncidents(all.map(({ request }) => request.incident));
    const fitting = all.filter(({ request }) => ids.has(request.incident));
    return deps.post(job, fitting, {
      address,
      sent: (place, _claimed, key) => folds.sent(person, { ...place, key, at: clock.monotonicMs(), severity }),
      refused: closeAll,
    });
  }

  /** What else waits to be sent to the same person. */
  function companionsOf(page: WantedPage, person: string): WantedPage[] {
    return pages.directTo(person).filter((other) => {
      if (other === page || pages.isSuperseded(other.effect.key)) return false;
      return deps.jobs.get(keyOf('page', other.effect.key))?.doubt === 'none';
    });
  }

  /** null: it is not there and still wanted, so it may be sent (again). */
  async function lookBack(job: Job, page: WantedPage, card: IncidentCard, address: Address): Promise<Outcome | null> {
    const { effect } = page;
    const place = await placeOf(job, address);
    if ('kind' in place) return place;
    const since = effect.claimedAt ?? effect.askedAt;
    const asked = { ...address, channel: place.channel, job, since, parentOf: null, alias: aliasOf(page) };
    const found = await deps.recall(asked);
    if (found.kind === 'found') return taken(page, address, found);
    if (found.kind === 'wait' || (found.kind === 'failed' && !isUnreadable(found.failure.code))) {
      const outcome = outcomeOf(job, found);
      if (outcome !== null) return outcome;
    }
    if (!isStillWanted(page, card, clock.now()))
      return close(page, { outcome: 'unknown', error: 'answer_lost', reference: null, lateSeconds: 0 });
    job.doubt = 'none';
    page.isRepeat = true;
    await journal.append({ at: clock.now(), actor: 'auto', effects: [{ op: 'again', key: effect.key }] });
    return null;
  }

  async function placeOf(job: Job, address: Address): Promise<{ channel: string } | Outcome> {
    const found = await deps.directChannel(address.channel);
    if (found.kind === 'channel') return { channel: found.id };
    return outcomeOf(job, found) ?? { channel: address.channel };
  }

  async function taken(page: WantedPage, address: Address, at: { channel: string; ts: string; key: string }) {
    const { incident } = page.request;
    const known = sent.get(at.key);
    const names = [...new Set([...(known?.names ?? (known?.incident == null ? [] : [known.incident])), incident])];
    const place = { channel: at.channel, ts: at.ts, thread: address.thread };
    sent.set(at.key, {
      ...place,
      hash: '',
      incident: names[0] ?? incident,
      sentAt: known?.sentAt ?? clock.now(),
      ...beyondOf(page),
      ...(names.length > 1 ? { names } : {}),
    });
    await bundles.closeSent([page], place, names.length);
    return SETTLED;
  }

  async function close(page: WantedPage, result: PageResult): Promise<Outcome> {
    await bundles.close(page, result);
    return SETTLED;
  }

  async function closeAll(claimed: readonly WantedPage[], code: string): Promise<Outcome> {
    for (const page of claimed) await bundles.close(page, failed(code));
    return SETTLED;
  }

  return deliver;
}

/** Whether somebody is still asked for by it: then it is sent again when nobody knows whether it came. */
function isStillWanted({ request: { beyond } }: WantedPage, card: IncidentCard, now: number): boolean {
  return beyond === undefined ? card.view.status === 'firing' : isBeyondWanted(card, beyond, now);
}

function failed(error: string): PageResult {
  return { outcome: 'failed', error, reference: null, lateSeconds: 0 };
}
