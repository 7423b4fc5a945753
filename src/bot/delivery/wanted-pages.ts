import type { Effect, Journal } from '../../journal/port.ts';
import type { PageRequest } from '../../oncall/page.ts';

export interface WantedPage {
  readonly effect: Effect;
  readonly request: PageRequest;
  /** When it was last taken in hand, epoch ms; null: not by this process. */
  claimedAt: number | null;
  /** From now on it says that it may have come before. */
  isRepeat: boolean;
}

/** The pages by Slack that the journal asks for and that are not closed yet. */
export interface WantedPages {
  /** Reads new ones; resolves with them. With `leftovers` also those that a dead process had claimed. */
  refresh(options: { leftovers: boolean }): Promise<WantedPage[]>;
  get(key: string): WantedPage | null;
  forget(key: string): void;
  /** Whether a newer page to the same place is wanted too: after an outage only the newest is sent. */
  isSuperseded(key: string): boolean;
  /** Direct messages to one person that may share one, oldest first. */
  directTo(person: string): WantedPage[];
  /** Mentions in threads that may share one, oldest first. */
  inThreads(): WantedPage[];
  /** askedAt of the oldest one, or null. */
  oldest(): number | null;
}

export function createWantedPages(journal: Journal): WantedPages {
  const pages = new Map<string, WantedPage>();
  /** Keys by what may replace each other, and by who is reached. */
  const series = new Map<string, Set<string>>();
  const receivers = new Map<string, Set<string>>();

  function add(effect: Effect): WantedPage {
    const page: WantedPage = { effect, request: effect.data as PageRequest, claimedAt: null, isRepeat: false };
    pages.set(effect.key, page);
    addTo(series, seriesOf(page.request), effect.key);
    addTo(receivers, receiverOf(page.request), effect.key);
    return page;
  }

  function of(keys: ReadonlySet<string> | undefined): WantedPage[] {
    return [...(keys ?? [])].flatMap((key) => pages.get(key) ?? []);
  }

  return {
    refresh: async ({ leftovers }) => {
      const states = leftovers ? (['wanted', 'claimed'] as const) : (['wanted'] as const);
      const found = await journal.effects({ kinds: ['page'], states });
      return found.filter((effect) => !pages.has(effect.key) && isOurs(effect.data as PageRequest)).map(add);
    },
    get: (key) => pages.get(key) ?? null,
    forget: (key) => {
      const page = pages.get(key);
      if (page === undefined) return;
      pages.delete(key);
      removeFrom(series, seriesOf(page.request), key);
      removeFrom(receivers, receiverOf(page.request), key);
    },
    isSuperseded: (key) => {
      const page = pages.get(key);
      if (page === undefined) return false;
      return of(series.get(seriesOf(page.request))).some(({ request }) => rank(request) > rank(page.request));
    },
    directTo: (person) => of(receivers.get(`dm|${person}`)).filter(({ request }) => !isAlone(request)),
    inThreads: () => of(receivers.get('thread')).filter(({ request }) => !isAlone(request)),
    oldest: () => {
      const asked = [...pages.values()].map(({ effect }) => effect.askedAt);
      return asked.reduce<number | null>((oldest, at) => (oldest === null || at < oldest ? at : oldest), null);
    },
  };
}

function isOurs(request: PageRequest): boolean {
  return request.means === 'dm' || request.means === 'thread';
}

function receiverOf({ means, people }: PageRequest): string {
  return means === 'dm' ? `dm|${people[0]}` : 'thread';
}

/**
 * What is asked for beside the policy has a message of its own, with words of its own; so has a drill, that no real page
 * waits behind it or is taken for one.
 */
export function isAlone({ beyond, drill }: PageRequest): boolean {
  return beyond !== undefined || drill === true;
}

/**
 * Same incident, means and (for a direct message) person; the later in the policy replaces the earlier, and the later
 * strike of an ack's clock the earlier one. What a person asked for is replaced by nothing.
 */
function seriesOf(request: PageRequest): string {
  const { incident, beyond } = request;
  const isAsked = beyond !== undefined && beyond.by !== null;
  const series = beyond === undefined ? 'policy' : isAsked ? `asked ${beyond.number}` : 'clock';
  return `${incident}|${receiverOf(request)}|${series}`;
}

function rank({ cycle, level, round, beyond }: PageRequest): number {
  return cycle * 1e8 + (beyond === undefined ? level * 1e5 + round : beyond.number);
}

function addTo(index: Map<string, Set<string>>, name: string, key: string): void {
  const keys = index.get(name) ?? new Set();
  index.set(name, keys.add(key));
}

function removeFrom(index: Map<string, Set<string>>, name: string, key: string): void {
  const keys = index.get(name);
  keys?.delete(key);
  if (keys?.size === 0) index.delete(name);
}
