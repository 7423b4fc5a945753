import { outcomeWithin, outcomeWords } from '../../commands/outcome.ts';
import { referenceOf } from '../../commands/reference.ts';
import { whoMay } from '../../commands/who-may.ts';
import { actorOf } from '../../directory.ts';
import type { Desk } from '../../listen/deps.ts';
import type { Delivery } from '../../listen/socket.ts';
import { tellPerson } from '../../listen/tell.ts';
import { answerOf } from '../../render/answers/answer.ts';
import { renderDenied, renderThrown } from '../../render/answers/refusal.ts';
import type { ModalHandler } from '../modal.ts';
import { fieldErrors, ViewBody, valuesOf } from '../view-body.ts';
import { WORDS, type WordSpec } from './word.ts';
import { WordMeta } from './word-view.ts';

const SHORTEST_REASON = 3;

/** Takes a word on a run: validate → authorise → store → acknowledge → tell what it came to. */
export const WORD_MODALS: readonly ModalHandler[] = WORDS.map((word) => ({
  verb: word.verb,
  submit: async (body, ack, deps) => {
    try {
      await submit(word, body, ack, deps);
    } catch (error) {
      const reference = referenceOf(JSON.stringify(error) + deps.clock.now());
      deps.logger.warn({ err: error, reference, verb: word.verb }, 'word on a run failed');
      await ack(fieldErrors({ reason: renderThrown(error, 'do that', reference).text }));
    }
  },
}));

async function submit(word: WordSpec, body: unknown, ack: Delivery['ack'], deps: Desk): Promise<void> {
  const read = ViewBody.safeParse(body);
  const meta = read.success ? readMeta(read.data.view.private_metadata) : null;
  if (!read.success || meta === null) {
    return ack(fieldErrors({ reason: 'This form is not one of ours. Nothing was done.' }));
  }
  const { view, user } = read.data;
  const reason = valuesOf(view).text('reason');
  if (word.asksReason && reason.length < SHORTEST_REASON) {
    return ack(fieldErrors({ reason: 'Say why in a few words.' }));
  }
  const run = await deps.run(meta.run);
  const incident = run?.incident == null ? null : await deps.incident(run.incident);
  const permission = await deps.roles.may(user.id, word.right(run?.risk ?? 'R3'), incident?.channel ?? null, [], '*');
  if (!permission.allowed) {
    deps.counts.command(word.verb, 'refused');
    return ack(fieldErrors({ reason: renderDenied(word.doing, permission, await whoMay(deps, permission)).text }));
  }
  const { outcome, duplicate } = await deps.submit(`view|${view.id}`, {
    v: 1,
    verb: word.verb,
    by: actorOf(user.id),
    at: deps.clock.now(),
    via: 'modal',
    run: meta.run,
    ...(incident === null ? {} : { incident: incident.id }),
    seen: meta.version,
    args: { planHash: meta.planHash, ...(reason === '' ? {} : { reason }) },
  });
  deps.counts.command(word.verb, duplicate ? 'duplicate' : 'taken');
  await ack().catch((error: unknown) => deps.logger.warn({ err: error }, 'slack could not be told that it was taken'));
  if (duplicate) return;
  const ended = await outcomeWithin(outcome, deps.clock);
  const place = { userId: user.id, channel: meta.channel, threadTs: meta.ts, responseUrl: null };
  await tellPerson(deps.client, deps.logger, place, answerOf([outcomeWords(meta.run, ended, deps.directory.nameOf)]));
}

function readMeta(text: string): WordMeta | null {
  try {
    const parsed = WordMeta.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
