import type { Clock } from '../../core/clock.ts';
import type { IncidentCard } from '../render/cards.ts';
import { fittingIncidents } from '../render/folded-page.ts';
import type { Bundles } from './bundles.ts';
import type { Facts } from './facts.ts';
import { FOLD_MS } from './folds.ts';
import type { Job, Jobs } from './jobs.ts';
import { keyOf } from './keys.ts';
import { type Outcome, retry, SETTLED } from './outcome.ts';
import { gravest } from './page-fold.ts';
import type { PostPages } from './page-post.ts';
import type { SentMessages } from './sent.ts';
import type { DeliverySources } from './sources.ts';
import type { Mention, Storm, Storms } from './storms.ts';
import type { WantedPage, WantedPages } from './wanted-pages.ts';

/** How soon a mention looks again whether the roster is there. */
const AGAIN_MS = 250;

/**
 * Mentions in a channel that is in a storm: the roster mentions once, then at most one reply to it a minute names what
 * still asks for somebody; a page that was mentioned so has no message of its own.
 */
export function createStormPages(deps: {
  clock: Clock;
  jobs: Jobs;
  sent: SentMessages;
  facts: Facts;
  storms: Storms;
  pages: WantedPages;
  bundles: Bundles;
  post: PostPages;
  sources: DeliverySources;
}) {
  const { clock, sent, storms, bundles, pages } = deps;

  function inStorm(job: Job, page: WantedPage, card: IncidentCard): Promise<Outcome> | null {
    const storm = storms.of(card.view.channel);
    return storm === null ? null : carry(job, page, card, storm);
  }

  async function carry(job: Job, page: WantedPage, card: IncidentCard, storm: Storm): Promise<Outcome> {
    const roster = sent.get(keyOf('roster', `${storm.id}/0`));
    if (roster === null || roster.ts === '') return retry(AGAIN_MS);
    if (storm.mention !== null && covers(storm.mention, page, card)) return fold(page, storm, storm.mention);
    const all = [page, ...waitingIn(storm, page)];
    const ids = fittingIncidents(all.map(({ request }) => request.incident));
    return deps.post(
      job,
      all.filter(({ request }) => ids.has(request.incident)),
      {
        address: { channel: roster.channel, thread: roster.ts, isUrgent: true },
        sent: ({ channel, ts }, claimed) => {
          const severity = gravest([card.view]);
          storms.mentioned(storm.word, mentionOf(claimed, severity, `${channel}/${ts}`));
        },
        refused: async (claimed) => {
          sent.set(keyOf('roster', `${storm.id}/0`), null);
          await bundles.giveBack(claimed);
          return retry(AGAIN_MS);
        },
      },
    );
  }

  /** Whether everybody it names was mentioned within the minute, for something as grave. */
  function covers(mention: Mention, page: WantedPage, card: IncidentCard): boolean {
    if (clock.monotonicMs() - mention.at >= FOLD_MS) return false;
    if (card.view.severity === 'P0' && mention.severity !== 'P0') return false;
    return page.request.people.every((person) => mention.people.has(person));
  }

  async function fold(page: WantedPage, storm: Storm, mention: Mention): Promise<Outcome> {
    const [claimed] = await bundles.claim([page]);
    if (claimed === undefined) return SETTLED;
    const [channel = '', ts = ''] = mention.reference.split('/');
    const named = storm.rosters.reduce((total, roster) => total + roster.length, 0);
    await bundles.closeSent([claimed], { channel, ts }, named);
    return SETTLED;
  }

  /** Other mentions that wait in the same channel. */
  function waitingIn(storm: Storm, page: WantedPage): WantedPage[] {
    return pages.inThreads().filter((other) => {
      if (other === page || deps.facts.get(other.request.incident)?.word !== storm.word) return false;
      if (pages.isSuperseded(other.effect.key)) return false;
      return deps.jobs.get(keyOf('page', other.effect.key))?.doubt === 'none';
    });
  }

  function mentionOf(claimed: readonly WantedPage[], severity: Mention['severity'], reference: string): Mention {
    const people = new Set(claimed.flatMap(({ request }) => request.people));
    return { at: clock.monotonicMs(), people, severity, reference };
  }

  return {
    inStorm,
    /** Who asks to be mentioned by the roster of a channel that is about to be posted. */
    waitingFor: (word: string): WantedPage[] =>
      pages.inThreads().filter((page) => deps.facts.get(page.request.incident)?.word === word),
  };
}
