import type { Command, Outcome } from '../../core/command.ts';
import { formatDuration } from '../../core/duration.ts';
import type { AggregateChange, Journal, NewEvent } from '../../journal/port.ts';
import type { CommandDecision, OncallPart } from '../part.ts';
import { CLI_TOKEN, evolveToken, statusOf, type TokenState } from './token-state.ts';
import { isTokenHash } from './token-text.ts';

const DAY_SECONDS = 86_400;
/** How long a token is good when nobody says. */
export const DEFAULT_TOKEN_SECONDS = 30 * DAY_SECONDS;
export const LONGEST_TOKEN_SECONDS = 90 * DAY_SECONDS;
const ID = /^[0-9a-f]{10}$/;

/**
 * Personal tokens of the command line. In: `cli-token` (args: `id`, `hash`, `seconds`; the edge that made it shows the
 * token once and hands over its hash alone) and `cli-token-revoke` (args: `id`). Out: an aggregate `cli-token`.
 */
export function createTokens({ journal }: { readonly journal: Journal }): OncallPart {
  return {
    commands: {
      'cli-token': (command) => make(journal, command),
      'cli-token-revoke': (command) => revoke(journal, command),
    },
  };
}

async function make(journal: Journal, command: Command): Promise<CommandDecision> {
  const { id, hash, seconds } = command.args;
  if (!command.by.startsWith('slack:')) {
    const text = 'A token stands for a Slack account, and this was not asked by one. Nothing was made.';
    return refused('TOKEN_NOT_YOURS', text, 'In Slack: /gianna cli-token');
  }
  if (typeof id !== 'string' || !ID.test(id) || !isTokenHash(hash)) {
    return refused('TOKEN_MALFORMED', 'The request for a token cannot be read. Nothing was made.', 'Ask again.');
  }
  if (typeof seconds !== 'number' || !(seconds > 0) || seconds > LONGEST_TOKEN_SECONDS) {
    const longest = formatDuration(LONGEST_TOKEN_SECONDS);
    return refused('TOKEN_TOO_LONG', `A token lasts ${longest} at most. Nothing was made.`, 'Ask for a shorter one.');
  }
  if ((await journal.aggregate<TokenState>(CLI_TOKEN, id)) !== null) {
    return refused('TOKEN_TAKEN', 'There is a token of that id already. Nothing was made.', 'Ask again.');
  }
  const expiresAt = command.at + Math.round(seconds * 1000);
  const change = changeOf(command, id, null, 0, { type: 'cli-token.made', v: 1, data: { hash, expiresAt } });
  return done(command, change, `Token ${id} is good until ${new Date(expiresAt).toISOString()}.`);
}

async function revoke(journal: Journal, command: Command): Promise<CommandDecision> {
  const id = String(command.args.id ?? '');
  const row = await journal.aggregate<TokenState>(CLI_TOKEN, id);
  // who owns another one's is not told apart from there being none
  const isTheirs = row !== null && (command.by === 'local' || command.by === row.state.owner);
  if (!isTheirs)
    return refused('TOKEN_UNKNOWN', `You have no token ${id.slice(0, 30)}.`, 'See: /gianna cli-token list');
  const status = statusOf(row.state, command.at);
  if (status !== 'good') return refused('ALREADY_OVER', `Token ${id} is ${status} already.`, 'Nothing to do.');
  const change = changeOf(command, id, row.state, row.version, { type: 'cli-token.revoked', v: 1, data: {} });
  return done(command, change, `Token ${id} is revoked: it opens nothing any more.`);
}

function changeOf(
  { at, by }: Command,
  id: string,
  before: TokenState | null,
  expected: number,
  event: NewEvent,
): AggregateChange {
  const state = evolveToken(before, { ...event, id, at, actor: by });
  return { kind: CLI_TOKEN, id, expected, key: null, state, events: [event] };
}

function done({ at, by }: Command, change: AggregateChange, text: string): CommandDecision {
  const outcome: Outcome = { kind: 'done', text };
  return { batch: { at, actor: by, aggregates: [change] }, outcome };
}

function refused(code: string, text: string, remedy: string): CommandDecision {
  return { batch: null, outcome: { kind: 'refused', code, text, remedy } };
}
