import type { Redis } from 'ioredis';
import * as z from 'zod';
import { refuse } from '../../core/errors.ts';
import { firstLine, printable } from '../../hosts/printable.ts';
import { sayNetworkError } from '../../probes/network-error.ts';
import { createRedisClient } from '../../probes/redis-client.ts';
import { sayUrl } from '../../probes/target.ts';
import { isSecretRef } from '../secret-ref.ts';
import { type SecretField, secretField } from './fields.ts';
import { LONGEST_RESULT } from './json-results.ts';
import { orRefused } from './or-refused.ts';
import { printArgv, printWord } from './printed.ts';
import { createSecretKeeper, type SecretKeeper } from './secret-keeper.ts';
import type { StepKind, StepRunDeps, UnitOutcome } from './step.ts';

interface Body {
  readonly url: SecretField;
  readonly password?: SecretField | undefined;
  /** At least the command's name. */
  readonly command: readonly SecretField[];
  readonly mutates?: boolean | undefined;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** Commands that only look; CONFIG, CLIENT, MEMORY … only with these second words. */
const LOOKS: ReadonlySet<string> = new Set(
  (
    'PING ECHO TIME INFO DBSIZE LASTSAVE ROLE GET MGET STRLEN EXISTS TYPE TTL PTTL HGET HMGET HGETALL HLEN HEXISTS LLEN ' +
    'LRANGE LINDEX SCARD SISMEMBER SMEMBERS ZCARD ZSCORE ZRANGE XLEN SCAN KEYS CONFIG_GET CLIENT_LIST CLIENT_INFO ' +
    'MEMORY_USAGE MEMORY_STATS SLOWLOG_GET SLOWLOG_LEN LATENCY_LATEST CLUSTER_INFO ACL_LIST ACL_WHOAMI'
  ).split(' '),
);
/** They turn the connection into something that never answers one command with one reply. */
const REFUSED = /^(P|S)?(UN)?SUBSCRIBE$|^MONITOR$|^P?SYNC$|^MULTI$|^EXEC$|^HELLO$|^RESET$|^AUTH$|^SELECT$|^QUIT$/i;

/** Sends one command to a Redis, from where the bot runs. */
export const redisStep: StepKind<Body> = {
  kind: 'redis',
  says: 'Sends one command to a Redis server.',
  body: (value) =>
    z.strictObject({
      url: value(secretField).describe('Address: redis://host:port/db, rediss://…; user and password are not shown.'),
      password: value(secretField).optional().describe('Password, when the address holds none.'),
      command: z
        .array(value(secretField))
        .refine(([name]) => isCommand(name), 'must begin with a command, written out, that gives one answer')
        .describe('Command, written out, and its arguments.'),
      mutates: z.boolean().optional().describe('Whether it changes anything; else only well-known looks do not.'),
    }),
  needsHosts: false,
  mutates: changes,
  isIdempotent: (body) => !changes(body),
  results: ['reply', 'count'],
  plan: async (body, input) => ({
    planned: {
      id: input.id,
      kind: 'redis',
      target: isSecretRef(body.url) ? printWord(body.url) : sayUrl(body.url),
      call: printArgv(body.command),
      effect: changes(body) ? 'whatever the command does, sent once' : 'looks, changes nothing',
      undo: null,
      mutates: changes(body),
    },
    targets: [],
    facts: [],
    changes: [],
    probes: [],
    blockedBy: [],
    units: [{ name: '-', run: orRefused((deps) => send(body, input.timeoutMs ?? DEFAULT_TIMEOUT_MS, deps)) }],
  }),
};

function isCommand(name: SecretField | undefined): boolean {
  return typeof name === 'string' && /^[A-Za-z][A-Za-z._-]*$/.test(name) && !REFUSED.test(name);
}

function changes({ command: [name, second], mutates }: Body): boolean {
  if (mutates !== undefined) return mutates;
  const first = String(name).toUpperCase();
  const both = typeof second === 'string' ? `${first}_${second.toUpperCase()}` : first;
  return !LOOKS.has(first) && !LOOKS.has(both);
}

async function send(body: Body, timeoutMs: number, deps: StepRunDeps): Promise<UnitOutcome> {
  const keeper = createSecretKeeper(deps);
  const url = keeper.open(body.url);
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url)) {
    throw refuse('URL_INVALID', 'The address is no redis:// or rediss:// URL.', 'Correct it, or its variable.');
  }
  const password = body.password === undefined ? {} : { password: keeper.open(body.password) };
  const [name = '', ...words] = body.command.map((word) => keeper.open(word));
  const redis = await createRedisClient(url, password);
  const limit = AbortSignal.any([deps.signal, AbortSignal.timeout(timeoutMs)]);
  const cancel = () => redis.disconnect();
  limit.addEventListener('abort', cancel, { once: true });
  try {
    return keeper.hideIn(await exchange(redis, [name, words], { mutates: changes(body), limit, keeper }));
  } finally {
    limit.removeEventListener('abort', cancel);
    redis.disconnect();
  }
}

interface Exchange {
  readonly mutates: boolean;
  readonly limit: AbortSignal;
  readonly keeper: SecretKeeper;
}

async function exchange(
  redis: Redis,
  [name, words]: readonly [string, string[]],
  { mutates, limit, keeper }: Exchange,
): Promise<UnitOutcome> {
  let lastError: unknown = null;
  redis.on('error', (error: unknown) => {
    lastError = error;
  });
  let isSent = false;
  try {
    limit.throwIfAborted();
    await redis.connect();
    isSent = true;
    const reply = await redis.call(name, ...words);
    keeper.log(printable(sayReply(reply)));
    keeper.endLog();
    const results = resultsOf([name, words], reply, keeper);
    return { status: 'done', summary: `${name}: ${firstLine(String(results.reply ?? 'no value'))}`, results };
  } catch (error) {
    const said = `${name}: ${limit.aborted ? 'no answer in time' : sayError(lastError ?? error, keeper)}`;
    const isRefused = error instanceof Error && error.name === 'ReplyError';
    if (!isSent || isRefused || !mutates) return { status: 'failed', summary: said };
    return { status: 'unknown', summary: `${said}; whether it was carried out is not known` };
  }
}

/** A single value as it is, a pair of CONFIG GET as its value, a list as JSON and its length. */
function resultsOf(
  [name, words]: readonly [string, readonly string[]],
  reply: unknown,
  { hideOpened }: SecretKeeper,
): Record<string, string | number> {
  if (typeof reply === 'number') return { reply };
  if (!Array.isArray(reply))
    return reply === null ? {} : { reply: firstLine(hideOpened(sayReply(reply)), LONGEST_RESULT) };
  const isPair = name.toUpperCase() === 'CONFIG' && words[0]?.toUpperCase() === 'GET' && reply.length === 2;
  const said = isPair ? String(reply[1]) : sayReply(reply);
  return { reply: firstLine(hideOpened(said), LONGEST_RESULT), count: isPair ? 1 : reply.length };
}

function sayReply(reply: unknown): string {
  return typeof reply === 'string' ? reply : (JSON.stringify(reply) ?? String(reply));
}

/** What Redis itself says begins with a word in capitals: NOAUTH, WRONGPASS, ERR. */
function sayError(error: unknown, { hide }: SecretKeeper): string {
  const message = error instanceof Error ? hide(error.message) : '';
  if (/^[A-Z]{3,} /.test(message)) return `it refuses: ${firstLine(message)}`;
  if (message === 'Connection is closed.') return 'connection closed before an answer';
  return sayNetworkError(error);
}
