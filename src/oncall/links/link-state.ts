import type { Evolvers } from '../../journal/evolver.ts';
import type { AggregateChange, StoredEvent } from '../../journal/port.ts';
import type { LinkClaims } from './link-token.ts';

/** A link that was used (aggregate kind `ack-link`); one that was not has no row. */
export type LinkState = { readonly usedAt: number };

export const ACK_LINK = 'ack-link';

/** One link is one page of one person. */
export function linkIdOf({ incident, person, page }: LinkClaims): string {
  return `${incident}.${person}.${page}`;
}

/** The change that uses a link up: it conflicts with another use. */
export function useLink(claims: LinkClaims, usedAt: number): AggregateChange {
  const { incident, person, page } = claims;
  const event = { type: 'ack-link.used', v: 1, data: { person, page, usedAt } };
  const state: LinkState = { usedAt };
  return { kind: ACK_LINK, id: linkIdOf(claims), expected: 0, key: null, state, events: [event], incident };
}

/** Folds stored events of links, for `journal verify --state`. */
export const linkEvolvers = {
  [ACK_LINK]: (_state: LinkState | null, { data }: StoredEvent): LinkState => ({ usedAt: Number(data.usedAt) }),
} satisfies Evolvers;
