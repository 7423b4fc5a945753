import type { Effect, Journal } from '../../journal/port.ts';
import type { PageRequest } from '../../oncall/page.ts';

interface WantedPage {
  readonly effect: Effect;
  isRepeat: boolean;
}

/** The pages by Slack that the journal asks for and that are not closed yet. */
export interface WantedPages {
  /** Reads new ones; resolves with their keys. With `leftovers` also those that a dead process had claimed. */
  refresh(options: { leftovers: boolean }): Promise<Array<{ key: string; wasClaimed: boolean; request: PageRequest }>>;
  get(key: string): WantedPage | null;
  forget(key: string): void;
  /** From now on it says that it may have come before. */
  repeat(key: string): void;
  /** Whether a newer page to the same place is wanted too: after an outage only the newest is sent. */
  isSuperseded(key: string): boolean;
  /** askedAt of the oldest one, or null. */
  oldest(): number | null;
}

export function createWantedPages(journal: Journal): WantedPages {
  const pages = new Map<string, WantedPage>();
  return {
    refresh: async ({ leftovers }) => {
      const states = leftovers ? (['wanted', 'claimed'] as const) : (['wanted'] as const);
      const found = await journal.effects({ kinds: ['page'], states });
      const fresh = found.filter((effect) => !pages.has(effect.key) && isOurs(effect.data as PageRequest));
      for (const effect of fresh) pages.set(effect.key, { effect, isRepeat: false });
      return fresh.map(({ key, state, data }) => ({
        key,
        wasClaimed: state === 'claimed',
        request: data as PageRequest,
      }));
    },
    get: (key) => pages.get(key) ?? null,
    forget: (key) => void pages.delete(key),
    repeat: (key) => {
      const page = pages.get(key);
      if (page !== undefined) page.isRepeat = true;
    },
    isSuperseded: (key) => {
      const page = pages.get(key);
      if (page === undefined) return false;
      return [...pages.values()].some((other) => other !== page && isNewer(other.effect, page.effect));
    },
    oldest: () => {
      const asked = [...pages.values()].map(({ effect }) => effect.askedAt);
      return asked.length === 0 ? null : Math.min(...asked);
    },
  };
}

function isOurs(request: PageRequest): boolean {
  return request.means === 'dm' || request.means === 'thread';
}

/** Same incident, means and (for a direct message) person; later in the policy. */
function isNewer(other: Effect, page: Effect): boolean {
  const [a, b] = [other.data as PageRequest, page.data as PageRequest];
  if (a.incident !== b.incident || a.means !== b.means) return false;
  if (a.means === 'dm' && a.people[0] !== b.people[0]) return false;
  return rank(a) > rank(b);
}

function rank({ cycle, level, round }: PageRequest): number {
  return cycle * 1e8 + level * 1e5 + round;
}
