import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { Journal } from '../../journal/port.ts';
import type { SlackMetrics } from '../metrics.ts';
import { createBundles } from './bundles.ts';
import type { Channels } from './channels.ts';
import type { DirectChannel } from './direct-channels.ts';
import type { IsQuiet } from './do-not-disturb.ts';
import type { Facts } from './facts.ts';
import { createFolds, type Folds } from './folds.ts';
import type { Gates } from './gates.ts';
import type { Job, Jobs } from './jobs.ts';
import type { Outcome } from './outcome.ts';
import type { PageAddresses } from './page-address.ts';
import { createFoldInto } from './page-fold.ts';
import { createPagePost } from './page-post.ts';
import { createDeliverPage } from './pages.ts';
import type { Recall } from './recall.ts';
import type { Send } from './send.ts';
import type { SentMessages } from './sent.ts';
import type { DeliverySources } from './sources.ts';
import { createStormPages } from './storm-pages.ts';
import type { Storms } from './storms.ts';
import type { WantedPage, WantedPages } from './wanted-pages.ts';

export interface PagingDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly recall: Recall;
  readonly send: Send;
  readonly gates: Gates;
  readonly jobs: Jobs;
  readonly facts: Facts;
  readonly sent: SentMessages;
  readonly storms: Storms;
  readonly channels: Channels;
  readonly pages: WantedPages;
  readonly addresses: PageAddresses;
  readonly directChannel: DirectChannel;
  readonly sources: DeliverySources;
  readonly isQuiet: IsQuiet;
  readonly metrics: () => SlackMetrics;
  /** A minute in which pages were folded without a sound is over: `<person>/<n>`. */
  readonly ring: (id: string) => void;
}

export interface Paging {
  deliver(job: Job): Promise<Outcome>;
  readonly folds: Folds;
  /** Mentions that wait in a channel. */
  mentionsIn(word: string): WantedPage[];
}

/** Puts the parts of paging together: single pages, pages folded a person and minute, mentions of a storm. */
export function createPaging(deps: PagingDeps): Paging {
  let rings = 0;
  const folds = createFolds(deps.clock, (person) => {
    rings += 1;
    deps.ring(`${person}/${rings}`);
  });
  const isQuiet = (person: string | undefined) => deps.isQuiet(deps.addresses.slackIdOf(person));
  const bundles = createBundles({ ...deps, isQuiet });
  const post = createPagePost({ ...deps, bundles });
  const foldInto = createFoldInto({ ...deps, bundles, folds });
  const storm = createStormPages({ ...deps, bundles, post });
  const deliver = createDeliverPage({ ...deps, bundles, folds, post, foldInto, inStorm: storm.inStorm });
  return { deliver, folds, mentionsIn: storm.waitingFor };
}
