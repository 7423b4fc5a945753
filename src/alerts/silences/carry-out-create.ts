import { refuse } from '../../core/errors.ts';
import type { AlertmanagerClient, HeldSilence } from '../alertmanager.ts';
import type { Carried, CarryOutDeps } from './carried.ts';
import { gatherCase } from './gather.ts';
import { printMatchers } from './matcher.ts';
import { judgeSilence } from './policy.ts';
import type { SilenceRequest } from './request.ts';
import { silenceEvent } from './silence-events.ts';
import type { SilenceState } from './silence-state.ts';
import { agreedOf, commentOf, type SilenceTexts, textsOfSilence } from './texts.ts';

/** Makes a silence that was asked for, unless Alertmanager has it already. Judged again by what Alertmanager knows. */
export async function makeSilence(
  deps: CarryOutDeps,
  client: AlertmanagerClient,
  state: SilenceState,
): Promise<Carried> {
  if (state.status !== 'requested') return { decide: () => null };
  const texts = await textsOfSilence(deps.journal, state);
  const held = await client.silences();
  deps.held.saw(held, deps.clock.now());
  const made = held.find((one) => one.state !== 'expired' && isCopyOf(one, state, texts));
  if (made !== undefined) return created(made.id, state);
  await judgeAgain(deps, client, state, texts);
  const { endsAt } = state;
  const { author: createdBy, matchers } = texts;
  const comment = commentOf(state, texts);
  return created(await client.putSilence({ comment, createdBy, startsAt: deps.clock.now(), endsAt, matchers }), state);
}

/** Whether Alertmanager's silence is the one that we asked for: the words, the author, the matchers and the end. */
export function isCopyOf(held: HeldSilence, state: SilenceState, texts: SilenceTexts): boolean {
  return (
    held.comment === commentOf(state, texts) &&
    held.createdBy === texts.author &&
    held.endsAt === state.firstEndsAt &&
    printMatchers(held.matchers) === printMatchers(texts.matchers)
  );
}

async function judgeAgain(deps: CarryOutDeps, client: AlertmanagerClient, state: SilenceState, texts: SilenceTexts) {
  if (deps.clock.now() >= state.endsAt) {
    throw refuse('SILENCE_OVER', 'Its time was over before Alertmanager answered.', 'Ask for it again.');
  }
  const seconds = Math.round((state.endsAt - state.requestedAt) / 1000);
  const about = state.incident === null ? {} : { incident: state.incident };
  const request: SilenceRequest = { matchers: texts.matchers, seconds, reason: texts.reason, ...about };
  const agreed = await agreedOf(deps.journal, state);
  const refused = judgeSilence((await gatherCase(deps, request, await client.alerts())).given, agreed);
  if (refused !== null) throw refuse(refused.code, refused.text, refused.remedy);
  await refuseWithdrawn(deps, state);
}

/** Whoever asked and whoever agreed must still be allowed to, when it is made. */
async function refuseWithdrawn({ stillAgreed }: CarryOutDeps, { run }: SilenceState): Promise<void> {
  if (run === undefined || stillAgreed === undefined) return;
  const { allowed, reason } = await stillAgreed(run);
  if (!allowed) throw refuse('NOT_AGREED', `${run} is not agreed to any more: ${reason}.`, 'Ask for it again.');
}

function created(held: string, { endsAt, matchers, reason }: SilenceState): Carried {
  const event = silenceEvent('silence.created', { held, endsAt, matchers, reason });
  return { decide: ({ status, by }) => (status === 'requested' ? { events: [event], actor: by } : null) };
}
