import type { Actor } from '../../core/command.ts';
import { refuse } from '../../core/errors.ts';
import type { JournalReader } from '../../journal/port.ts';
import { CLI_TOKEN, statusOf, type TokenState, type TokenStatus } from './token-state.ts';
import { isSameHash, readToken } from './token-text.ts';

/** A token as its owner sees it; times are epoch ms. */
export type TokenView = Pick<TokenState, 'id' | 'madeAt' | 'expiresAt'> & { readonly status: TokenStatus };

/** The tokens of one account, newest first. */
export async function listTokens(
  journal: Pick<JournalReader, 'aggregates'>,
  owner: Actor,
  now: number,
): Promise<TokenView[]> {
  const rows = await journal.aggregates<TokenState>(CLI_TOKEN);
  const own = rows.map(({ state }) => state).filter((token) => token.owner === owner);
  own.sort((one, other) => other.madeAt - one.madeAt);
  return own.map((token) => {
    const { id, madeAt, expiresAt } = token;
    return { id, madeAt, expiresAt, status: statusOf(token, now) };
  });
}

/**
 * Whose a presented token is, and until when (epoch ms). Refuses one that is none, unknown, expired or revoked: nobody
 * who presents a token is taken for somebody without one.
 */
export async function verifyToken(
  journal: Pick<JournalReader, 'aggregate'>,
  text: string,
  now: number,
): Promise<Pick<TokenState, 'id' | 'owner' | 'expiresAt'>> {
  const presented = readToken(text);
  if (presented === null) throw refuse('TOKEN_UNKNOWN', `That is no token of this bot.${NOTHING}`, ANOTHER);
  const row = await journal.aggregate<TokenState>(CLI_TOKEN, presented.id);
  if (row === null || !isSameHash(row.state.hash, presented.hash)) {
    throw refuse('TOKEN_UNKNOWN', `This bot does not know that token.${NOTHING}`, ANOTHER);
  }
  const { id, owner, expiresAt } = row.state;
  const status = statusOf(row.state, now);
  if (status === 'revoked') throw refuse('TOKEN_REVOKED', `Token ${id} was revoked.${NOTHING}`, ANOTHER);
  if (status === 'expired') {
    const since = new Date(expiresAt).toISOString();
    throw refuse('TOKEN_EXPIRED', `Token ${id} expired at ${since}.${NOTHING}`, ANOTHER);
  }
  return { id, owner, expiresAt };
}

const NOTHING = ' Nothing was done.';
const ANOTHER = 'Get another one in Slack with /gianna cli-token, or take the token away to call as local.';
