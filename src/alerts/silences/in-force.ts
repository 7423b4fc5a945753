import { asText } from '../about.ts';
import type { HeldSilence } from '../alertmanager.ts';
import type { HeldSilences } from './held.ts';
import type { InForce } from './muting.ts';
import { isInForce, SILENCE, type SilenceState } from './silence-state.ts';
import type { SilenceDeps } from './sources.ts';
import { commentOf, textsOfSilence } from './texts.ts';

/** What was ended here may stand in the last answer for a while. */
const ANSWER_LASTS_MS = 86_400_000;

type InForceDeps = Pick<SilenceDeps, 'journal'> & { readonly held: HeldSilences };

/** Every silence in force: our own by the journal, others by the last look at Alertmanager. */
export async function silencesInForce({ journal, held }: InForceDeps, now: number): Promise<readonly InForce[]> {
  const rows = await journal.aggregates<SilenceState>(SILENCE, { open: true });
  const own: InForce[] = [];
  for (const { state } of rows) {
    if (!isInForce(state, now)) continue;
    const { matchers, reason } = await textsOfSilence(journal, state);
    const { id, by, endsAt } = state;
    own.push({ id, by, endsAt, matchers, reason: { digest: state.reason, text: reason } });
  }
  return [...own, ...(await madeElsewhere({ journal, held }, now)).map(foreign)];
}

/** Silences that Alertmanager holds and that were not made here. */
export async function madeElsewhere({ journal, held }: InForceDeps, now: number): Promise<readonly HeldSilence[]> {
  const active = held.active(now);
  if (active.length === 0) return [];
  const open = await journal.aggregates<SilenceState>(SILENCE, { open: true });
  const ended = await journal.aggregates<SilenceState>(SILENCE, { since: now - ANSWER_LASTS_MS });
  const own = new Set([...open, ...ended].flatMap(({ state }) => (state.held === null ? [] : [state.held])));
  const beingMade = await commentsOfRequested(journal, open);
  return active.filter(({ id, comment }) => !own.has(id) && !beingMade.has(comment));
}

/** What Alertmanager may have taken while its answer is still under way. */
async function commentsOfRequested(
  journal: SilenceDeps['journal'],
  open: ReadonlyArray<{ readonly state: SilenceState }>,
): Promise<ReadonlySet<string>> {
  const comments = new Set<string>();
  for (const { state } of open) {
    if (state.status === 'requested') comments.add(commentOf(state, await textsOfSilence(journal, state)));
  }
  return comments;
}

function foreign({ id, endsAt, matchers, comment, createdBy }: HeldSilence): InForce {
  return { id, by: 'alertmanager', endsAt, matchers, reason: asText(`${createdBy}: ${comment}`) };
}
