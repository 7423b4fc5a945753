import { formatDuration } from '../../../core/duration.ts';
import { DEFAULT_TOKEN_SECONDS, LONGEST_TOKEN_SECONDS } from '../../../oncall/tokens/token-commands.ts';
import { makeToken, type NewToken } from '../../../oncall/tokens/token-text.ts';
import { actorOf } from '../../directory.ts';
import { answerOf } from '../../render/answers/answer.ts';
import { renderTokenList, renderTokenShown } from '../../render/answers/cli-token.ts';
import { renderRefusal } from '../../render/answers/refusal.ts';
import { readArguments } from '../arguments.ts';
import type { Asker } from '../asker.ts';
import { outcomeWithin, outcomeWords } from '../outcome.ts';
import { readSpan } from '../spans.ts';
import { defineVerb, type ParsedAs, type VerbDeps } from '../verb.ts';
import { readWords, type Word } from '../words.ts';

interface CliTokenCommand {
  readonly verb: 'cli-token';
  readonly what:
    | { readonly kind: 'make'; readonly seconds: number }
    | { readonly kind: 'list' }
    | { readonly kind: 'revoke'; readonly id: string };
}

/** `cli-token [--for 30d] | list | revoke ID`: who you are for the command line. Only ever said to its asker. */
export const cliTokenVerb = defineVerb<CliTokenCommand>({
  verb: 'cli-token',
  about: null,
  group: 'Help',
  usage: 'cli-token [--for 30d] | cli-token list | cli-token revoke ID',
  says: 'a personal token: on the command line you are then yourself; shown once',
  examples: ['cli-token', 'cli-token --for 7d', 'cli-token list', 'cli-token revoke 3f2a91c04d'],
  risk: 'R1',
  who: 'everybody who has a role',
  aliases: ['cli', 'token'],
  parse,
  execute: async ({ what }, asker, deps) => {
    const refusal = await refusalOf(asker, deps);
    if (refusal !== null) return asker.answer(refusal);
    if (what.kind === 'list') {
      return asker.answer(renderTokenList(await deps.cliTokens(actorOf(asker.userId))));
    }
    return what.kind === 'make' ? make(what.seconds, asker, deps) : revoke(what.id, asker, deps);
  },
});

function parse(rest: readonly Word[]): ParsedAs<CliTokenCommand> {
  const { positional, options, unknown } = readArguments(rest, { for: 'span' });
  const [first, second, ...more] = positional.map(({ word }) => word);
  if (unknown !== null) return { kind: 'unknown', what: 'option', word: unknown, suggestions: ['--for 30d'] };
  const asked = (what: CliTokenCommand['what']): ParsedAs<CliTokenCommand> => ({
    kind: 'command',
    command: { verb: 'cli-token', what },
  });
  if (first === 'revoke' && second !== undefined && more.length === 0) return asked({ kind: 'revoke', id: second });
  if (first === 'list' && second === undefined) return asked({ kind: 'list' });
  const said = options.get('for');
  const words = said === undefined ? positional : readWords(said);
  if (words.length === 0) return asked({ kind: 'make', seconds: DEFAULT_TOKEN_SECONDS });
  const read = readSpan(words.map(({ word }) => word));
  if (read?.span.kind === 'for' && read.taken === words.length && (said === undefined || positional.length === 0)) {
    return asked({ kind: 'make', seconds: read.span.seconds });
  }
  return { kind: 'surplus', verb: 'cli-token', word: first ?? said ?? '' };
}

/** Why this person, or this place, gets none; null: they do. */
async function refusalOf(asker: Asker, deps: VerbDeps) {
  const isOpen = asker.via === 'mention' && !(asker.channel ?? '').startsWith('D');
  if (isOpen) {
    const happened = 'Tokens are not spoken of where others listen.';
    return renderRefusal({ happened, todo: 'Type `/gianna cli-token`: only you see the answer.' });
  }
  const roles = await deps.roles.rolesOf(asker.userId);
  if ([...roles].some((role) => role !== 'viewer')) return null;
  deps.counts.command('cli-token', 'refused');
  return renderRefusal({ happened: 'A token is for people who have a role here.', todo: 'Ask an admin for one.' });
}

async function make(seconds: number, asker: Asker, deps: VerbDeps): Promise<void> {
  if (seconds <= 0 || seconds > LONGEST_TOKEN_SECONDS) {
    const longest = formatDuration(LONGEST_TOKEN_SECONDS);
    return asker.answer(
      renderRefusal({ happened: `A token lasts ${longest} at most.`, todo: 'Ask for a shorter one.' }),
    );
  }
  const token = makeToken();
  const { outcome, duplicate } = await deps.submit(`${asker.key}|cli-token`, {
    v: 1,
    verb: 'cli-token',
    by: actorOf(asker.userId),
    at: deps.clock.now(),
    via: asker.via,
    args: { id: token.id, hash: token.hash, seconds },
  });
  deps.counts.command('cli-token', duplicate ? 'duplicate' : 'taken');
  await asker.taken();
  if (duplicate) return;
  const ended = await outcomeWithin(outcome, deps.clock);
  if (ended?.kind !== 'done') return asker.answer(answerOf([outcomeWords('Token', ended, deps.directory.nameOf)]));
  await show(token, ended.text, asker, deps);
}

/** Shows it to its owner alone, in a message that Slack does not keep; one that could not be shown is taken back. */
async function show(token: NewToken, text: string, asker: Asker, deps: VerbDeps): Promise<void> {
  if (await asker.whisper(renderTokenShown(token, text))) return;
  await submitRevocation(token.id, asker, deps);
  const happened = 'Slack did not show the token, so nobody knows it. It is revoked.';
  await asker.answer(renderRefusal({ happened, not: '', todo: 'Ask again.' }));
}

async function revoke(id: string, asker: Asker, deps: VerbDeps): Promise<void> {
  const { outcome } = await submitRevocation(id, asker, deps);
  await asker.taken();
  const ended = await outcomeWithin(outcome, deps.clock);
  await asker.answer(answerOf([outcomeWords('Token', ended, deps.directory.nameOf)]));
}

function submitRevocation(id: string, asker: Asker, deps: VerbDeps) {
  return deps.submit(`${asker.key}|cli-token-revoke`, {
    v: 1,
    verb: 'cli-token-revoke',
    by: actorOf(asker.userId),
    at: deps.clock.now(),
    via: asker.via,
    args: { id: id.slice(0, 100) },
  });
}
