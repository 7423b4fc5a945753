import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import { decideUntilAppended } from '../../journal/decide.ts';
import type { EffectChange, Journal } from '../../journal/port.ts';
import type { PageResult } from '../../oncall/page.ts';
import type { Jobs } from './jobs.ts';
import { keyOf } from './keys.ts';
import type { DeliverySources } from './sources.ts';
import type { WantedPage, WantedPages } from './wanted-pages.ts';

/** Where a page went. */
export interface PagePlace {
  readonly channel: string;
  readonly ts: string;
}

/** Pages that one message carries: claimed together before, closed together after. */
export interface Bundles {
  /** Claims them durably; those that are no longer wanted are left out. */
  claim(pages: readonly WantedPage[]): Promise<WantedPage[]>;
  /** They certainly were not sent: whoever acknowledges now still stops them. */
  giveBack(pages: readonly WantedPage[]): Promise<void>;
  /** Nobody knows whether they were sent: each is looked for before it is sent again. */
  doubt(pages: readonly WantedPage[]): void;
  close(page: WantedPage, result: PageResult): Promise<void>;
  /** All of them went out in one message, which names so many incidents. */
  closeSent(pages: readonly WantedPage[], place: PagePlace, named: number): Promise<void>;
}

export function createBundles(deps: {
  journal: Journal;
  clock: Clock;
  logger: Logger;
  jobs: Jobs;
  pages: WantedPages;
  sources: DeliverySources;
  /** Whether a person whom a direct message pages is in Do Not Disturb. */
  isQuiet: (person: string | undefined) => Promise<boolean | null>;
}): Bundles {
  const { journal, clock, logger, pages, sources } = deps;

  async function close(page: WantedPage, result: PageResult): Promise<void> {
    await decideUntilAppended(journal, async () => ({
      at: clock.now(),
      actor: 'auto',
      ...(await sources.pageClosed(page.effect, result)),
    }));
    pages.forget(page.effect.key);
    if (result.outcome === 'failed' || result.outcome === 'unknown')
      logger.warn({ page: page.effect.key, error: result.error }, 'page was not sent');
  }

  /** Keys of pages of the policy whose incident somebody took, or that ended, while they were in hand. */
  async function takenMeanwhile(wanted: readonly WantedPage[]): Promise<ReadonlySet<string>> {
    const views = await sources.views([...new Set(wanted.map(({ request }) => request.incident))]);
    const isTaken = ({ request, claimedAt }: WantedPage) => {
      const view = views.find(({ id }) => id === request.incident);
      if (view === undefined || request.beyond !== undefined || claimedAt === null || view.status === 'firing')
        return false;
      const moments = [view.acknowledgedAt, view.recoveredAt, view.resolvedAt, view.closedAt];
      return moments.some((at) => at !== null && at >= claimedAt);
    };
    return new Set(wanted.filter(isTaken).map(({ effect }) => effect.key));
  }

  return {
    claim: async (wanted) => {
      const now = clock.now();
      const claimed = await Promise.all(wanted.map(({ effect }) => journal.claim(effect.key, now)));
      wanted.forEach((page, index) => {
        if (claimed[index] === false) pages.forget(page.effect.key);
        else page.claimedAt = now;
      });
      return wanted.filter((_page, index) => claimed[index] === true);
    },
    giveBack: async (wanted) => {
      const now = clock.now();
      const taken = await takenMeanwhile(wanted);
      const effects = wanted.flatMap(({ effect: { key } }): EffectChange[] => {
        const again = { op: 'again', key } as const;
        return taken.has(key) ? [again, { op: 'drop', key, reason: 'acknowledged' }] : [again];
      });
      await journal.append({ at: now, actor: 'auto', effects });
      for (const key of taken) pages.forget(key);
    },
    doubt: (wanted) => {
      for (const { effect } of wanted) {
        const job = deps.jobs.get(keyOf('page', effect.key));
        if (job !== undefined) job.doubt = 'unanswered';
      }
    },
    close,
    closeSent: async (sent, { channel, ts }, named) => {
      const now = clock.now();
      const folded = named > 1 ? { folded: named } : {};
      await Promise.all(
        sent.map(async (page) => {
          const { means, people, dueAt } = page.request;
          const lateSeconds = Math.max(0, Math.round((now - dueAt) / 1000));
          const isQuiet = means === 'dm' && (await deps.isQuiet(people[0])) === true;
          const noted = { ...folded, ...(isQuiet ? { doNotDisturb: true as const } : {}) };
          return close(page, { outcome: 'sent', error: null, reference: `${channel}/${ts}`, lateSeconds, ...noted });
        }),
      );
    },
  };
}

/** What a page is known by in the metadata of a message that carries several: `12.1.2.0`. */
export function aliasOf({ request }: WantedPage): string {
  const { incident, cycle, level, round, beyond } = request;
  const place = beyond === undefined ? [level, round] : [beyond.why, beyond.number];
  return [incident.replace('GI-', ''), cycle, ...place].join('.');
}
