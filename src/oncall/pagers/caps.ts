import type { PagingCaps } from '../../core/config/config.ts';
import type { Effect, JournalReader } from '../../journal/port.ts';
import { type PageRequest, pageKindOf } from '../page.ts';
import type { OtherMeans } from './pager.ts';

/** Test pages have their own kind of effect; they cost as much. */
export const PAGE_TEST = 'page-test';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** One page that cost something: when, and for which incident and people. */
export interface PaidPage {
  readonly at: number;
  readonly incident: string | null;
  readonly people: readonly string[];
  /** What names the message: several pages may have gone out in one. */
  readonly message: string;
}

export interface CapQuestion {
  readonly severity: string;
  readonly incident: string | null;
  readonly people: readonly string[];
  readonly now: number;
}

/** Whether a page may go out: `first-of-p0` is the one that no cap holds back. */
export type CapAnswer = 'within' | 'first-of-p0' | 'cap-reached';

/** Judges one more page of a means by those of the last day. Pure. */
export function judgeCap(cap: PagingCaps[OtherMeans], paid: readonly PaidPage[], asked: CapQuestion): CapAnswer {
  if (cap === null) return 'within';
  const within = (ms: number) => {
    return new Set(paid.filter(({ at }) => at > asked.now - ms).map(({ message }) => message)).size;
  };
  if (within(HOUR_MS) < cap.perHour && within(DAY_MS) < cap.perDay) return 'within';
  const [person] = asked.people;
  const isFirst = !paid.some((page) => page.incident === asked.incident && page.people.includes(person ?? ''));
  return asked.severity === 'P0' && asked.incident !== null && person !== undefined && isFirst
    ? 'first-of-p0'
    : 'cap-reached';
}

/** Pages of a means in the last day that were taken or may have been, from the journal, but for `except`. */
export async function readPaid(
  journal: Pick<JournalReader, 'effects'>,
  means: OtherMeans,
  { now, except }: { readonly now: number; readonly except: ReadonlySet<string> },
): Promise<PaidPage[]> {
  const asked = await journal.effects({
    kinds: [pageKindOf(means), PAGE_TEST],
    states: ['claimed', 'done', 'unknown'],
    askedSince: now - 2 * DAY_MS,
  });
  return asked.filter(({ key, data }) => !except.has(key) && data.means === means).map(paidOf);
}

/** What names the message in which the pages of somebody that are on their way go out. */
export function waitingFor(people: readonly string[]): string {
  return `waiting ${people.join()}`;
}

function paidOf({ key, state, askedAt, claimedAt, closedAt, incident, data, result }: Effect): PaidPage {
  const { people } = data as Pick<PageRequest, 'people'>;
  const at = closedAt ?? claimedAt ?? askedAt;
  // those that wait for one person's minute go out together
  const together = typeof result?.reference === 'string' ? result.reference : key;
  return {
    at,
    incident,
    people,
    message: state === 'claimed' && people.length > 0 ? waitingFor(people) : together,
  };
}
