/** The pages that a link answers: the one that it was made for, and what the same message carried. */
import type { Effect, Journal } from '../../journal/port.ts';
import { type Beyond, PAGE_KINDS, type PageRequest } from '../page.ts';
import { type LinkClaims, pageDigest } from './link-token.ts';

/** One incident that a link answers for. `beyond`: as its page has it. */
export interface LinkedPage {
  readonly incident: string;
  readonly beyond: Beyond | undefined;
}

/** What the message of a link was about, its own incident first. The link itself says nothing of it. */
export async function linkedPages(journal: Pick<Journal, 'effects'>, claims: LinkClaims): Promise<LinkedPage[]> {
  const { incident, page } = claims;
  const pages = await journal.effects({ kinds: PAGE_KINDS, incident });
  const own = pages.find(({ key }) => pageDigest(key) === page);
  if (own === undefined) return [{ incident, beyond: undefined }];
  const others = namesIn(own).filter((name) => name !== incident);
  const carried = await Promise.all(others.map((other) => carriedPage(journal, own, other)));
  return [{ incident, beyond: requestOf(own).beyond }, ...carried];
}

/** What the message asked of another incident: the page of it that went out in the same message. */
async function carriedPage(journal: Pick<Journal, 'effects'>, own: Effect, incident: string): Promise<LinkedPage> {
  const pages = await journal.effects({ kinds: [own.kind], states: ['done'], incident });
  const together = pages.filter((each) => isTogether(each, own)).map((each) => requestOf(each).beyond);
  return { incident, beyond: together.find((beyond) => beyond !== undefined) };
}

function isTogether(one: Effect, other: Effect): boolean {
  const isTo = requestOf(one).people[0] === requestOf(other).people[0];
  const isSame = one.result?.reference === other.result?.reference;
  return isTo && isSame && namesIn(one).join() === namesIn(other).join();
}

function namesIn({ state, result }: Effect): string[] {
  return state === 'done' && Array.isArray(result?.names) ? result.names.map(String) : [];
}

function requestOf({ data }: Effect): PageRequest {
  return data as PageRequest;
}
