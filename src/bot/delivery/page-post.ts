import type { Clock } from '../../core/clock.ts';
import { digestOf } from '../../journal/digest.ts';
import type { Journal } from '../../journal/port.ts';
import type { SlackMetrics } from '../metrics.ts';
import { renderFoldedPage } from '../render/folded-page.ts';
import { type PageCard, renderDmPage, renderThreadPage } from '../render/page.ts';
import type { MessagePayload } from '../render/payload.ts';
import { aliasOf, type Bundles, type PagePlace } from './bundles.ts';
import type { Gates } from './gates.ts';
import type { Job } from './jobs.ts';
import { keyOf } from './keys.ts';
import { metadataOf } from './messages.ts';
import { type Outcome, outcomeOf, retry, SETTLED } from './outcome.ts';
import type { PageAddresses } from './page-address.ts';
import type { Address, Send } from './send.ts';
import type { SentMessage, SentMessages } from './sent.ts';
import type { DeliverySources } from './sources.ts';
import type { WantedPage } from './wanted-pages.ts';

export interface PagePostDeps {
  readonly journal: Pick<Journal, 'payload'>;
  readonly clock: Clock;
  readonly send: Send;
  readonly gates: Gates;
  readonly sent: SentMessages;
  readonly bundles: Bundles;
  readonly addresses: PageAddresses;
  readonly sources: DeliverySources;
  readonly metrics: () => SlackMetrics;
}

/** Where a new message for pages goes, and what follows. */
export interface PagePost {
  readonly address: Omit<Address, 'metadata'>;
  /** It is there: told before the pages are closed. `key` is where it is recorded. */
  readonly sent: (place: PagePlace, pages: readonly WantedPage[], key: string) => void;
  /** Slack refuses the place for good. */
  readonly refused: (pages: readonly WantedPage[], code: string) => Promise<Outcome>;
}

/** Sends one new message for one page or several: claims, posts, records, closes. */
export function createPagePost(deps: PagePostDeps) {
  const { clock, sent, bundles, addresses, sources } = deps;

  async function post(job: Job, wanted: readonly WantedPage[], to: PagePost): Promise<Outcome> {
    const waitMs = deps.gates.waitMs({ method: 'chat.postMessage', ...to.address });
    if (waitMs > 0) return retry(waitMs);
    const claimed = await bundles.claim(wanted);
    const [first, ...others] = claimed;
    if (first === undefined) return SETTLED;
    const key = keyOf('page', first.effect.key);
    const payload = await render(claimed, first);
    const metadata = metadataOf(first.request.incident, key, others.map(aliasOf));
    const result = await deps.send.post(job, payload, { ...to.address, metadata });
    if (result.kind === 'ok') {
      const place = { channel: String(result.answer.channel ?? to.address.channel), ts: String(result.answer.ts) };
      const names = [...new Set(claimed.map(({ request }) => request.incident))];
      sent.set(key, {
        ...place,
        thread: to.address.thread,
        hash: digestOf(JSON.stringify(payload)),
        incident: first.request.incident,
        sentAt: clock.now(),
        ...beyondOf(first),
        ...(names.length > 1 ? { names } : {}),
      });
      to.sent(place, claimed, key);
      await measure(claimed);
      await bundles.closeSent(claimed, place, names.length);
      return SETTLED;
    }
    const outcome = outcomeOf(job, result);
    if (outcome === null && result.kind === 'failed') return to.refused(claimed, result.failure.code);
    if (job.doubt === 'none') await bundles.giveBack(claimed);
    else bundles.doubt(claimed);
    return outcome ?? SETTLED;
  }

  async function render(pages: readonly WantedPage[], first: WantedPage): Promise<MessagePayload> {
    const named = addresses.named(pages.map(({ request }) => request));
    if (pages.length > 1) {
      const views = await sources.views([...new Set(pages.map(({ request }) => request.incident))]);
      const isDirect = first.request.means === 'dm';
      return renderFoldedPage(views, { ...(isDirect ? NOBODY : named), ...remarksOf(pages, clock.now()) });
    }
    const card = await sources.incident(first.request.incident);
    if (card === null) throw new Error(`incident ${first.request.incident} is gone`);
    const { beyond } = first.request;
    const text = beyond?.message == null ? null : await deps.journal.payload(beyond.message);
    const shown: PageCard = {
      request: first.request,
      ...(beyond === undefined ? {} : { beyond: { ...beyond, text } }),
      ...named,
      ...remarksOf(pages, clock.now()),
      permalink: addresses.permalinkOf(first.request.incident),
    };
    return first.request.means === 'dm'
      ? renderDmPage(card, shown, sources.nameOf)
      : renderThreadPage(card, shown, sources.nameOf);
  }

  async function measure(pages: readonly WantedPage[]): Promise<void> {
    const first = pages.filter(
      ({ request: { cycle, level, round, beyond } }) =>
        cycle === 1 && level === 1 && round === 0 && beyond === undefined,
    );
    for (const { openedAt } of await sources.views(first.map(({ request }) => request.incident)))
      deps.metrics().firstPage((clock.now() - openedAt) / 1000);
  }

  return post;
}

export type PostPages = ReturnType<typeof createPagePost>;

/** What is remembered of a page beside the policy. */
export function beyondOf({ request: { beyond } }: WantedPage): Pick<SentMessage, 'beyond'> {
  return beyond === undefined ? {} : { beyond: { why: beyond.why, number: beyond.number } };
}

const NOBODY = { mentions: [], unnamed: [] };

/** What must be said about the sending of these pages. */
export function remarksOf(pages: readonly WantedPage[], now: number): { isRepeat: boolean; lateSeconds: number } {
  const dueAt = Math.min(...pages.map(({ request }) => request.dueAt));
  return { isRepeat: pages.some(({ isRepeat }) => isRepeat), lateSeconds: Math.max(0, (now - dueAt) / 1000) };
}
