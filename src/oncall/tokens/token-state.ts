import type { Actor } from '../../core/command.ts';
import type { Evolvers } from '../../journal/evolver.ts';
import type { StoredEvent } from '../../journal/port.ts';

/** Aggregate kind of a personal token of the command line; its id is the token's public one. */
export const CLI_TOKEN = 'cli-token';

/** A token as it is known: never its secret. Times are epoch ms. */
export type TokenState = {
  readonly id: string;
  /** Whose it is: `slack:U…`. */
  readonly owner: Actor;
  /** SHA-256 of the secret, hex. */
  readonly hash: string;
  readonly madeAt: number;
  readonly expiresAt: number;
  readonly revoked: { readonly at: number; readonly by: string } | null;
};

export type TokenStatus = 'good' | 'expired' | 'revoked';

/** Folds the events of one token. */
export function evolveToken(
  state: TokenState | null,
  { type, id, at, actor, data }: Pick<StoredEvent, 'type' | 'id' | 'at' | 'actor' | 'data'>,
): TokenState {
  if (type === 'cli-token.made') {
    const owner = actor as Actor;
    return { id, owner, hash: String(data.hash), madeAt: at, expiresAt: Number(data.expiresAt), revoked: null };
  }
  if (state === null) throw new Error(`a token begins with ${type}`);
  return { ...state, revoked: { at, by: actor } };
}

/** Whether a token is good at a moment. */
export function statusOf(token: TokenState, now: number): TokenStatus {
  if (token.revoked !== null) return 'revoked';
  return now < token.expiresAt ? 'good' : 'expired';
}

/** Folds stored events of tokens, for `journal verify --state`. */
export const tokenEvolvers = {
  [CLI_TOKEN]: (state: TokenState | null, event: StoredEvent) => evolveToken(state, event),
} satisfies Evolvers;
