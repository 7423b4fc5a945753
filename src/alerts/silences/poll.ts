/**
 * Learns once a minute which silences Alertmanager holds: what was lifted, extended or lost there becomes an event,
 * what nobody wants any more of our own making is ended. One request a round, two while something is silenced.
 */
import type { Journal } from '../../journal/port.ts';
import { createWorker, type Worker } from '../../journal/worker.ts';
import type { AlertmanagerClient, HeldSilence } from '../alertmanager.ts';
import { changeSilence } from './append.ts';
import { isCopyOf } from './carry-out-create.ts';
import { type Difference, differencesIn } from './compare.ts';
import { guardP0 } from './guard.ts';
import type { HeldSilences } from './held.ts';
import { SILENCE, type SilenceState } from './silence-state.ts';
import type { SilenceDeps } from './sources.ts';
import { textsOfSilence } from './texts.ts';

export interface PollDeps extends SilenceDeps {
  readonly held: HeldSilences;
  /** Told after each look, successful or not. */
  readonly looked: () => void;
}

const EVERY_MS = 60_000;
/** Failed ones whose answer may have been lost are looked for so long. */
const STRAY_FOR_MS = 3600_000;

export interface SilencePoll extends Pick<Worker, 'start' | 'stop'> {
  /** Looks once; never throws. */
  lookOnce(): Promise<void>;
}

/** Makes the loop. */
export function createSilencePoll(deps: PollDeps): SilencePoll {
  let unsure: ReadonlySet<string> = new Set();
  async function lookOnce(): Promise<void> {
    const client = deps.alertmanager();
    if (client === null) return;
    try {
      unsure = await look(deps, client, unsure);
      deps.metrics.polled('answered');
    } catch (error) {
      deps.metrics.polled('failed');
      deps.logger.warn({ err: error }, 'silences could not be read from alertmanager');
    }
    deps.looked();
  }
  const worker = createWorker(deps.clock, async () => {
    await lookOnce();
    return EVERY_MS;
  });
  return { start: worker.start, stop: worker.stop, lookOnce };
}

/** Resolves with what was seen for the first time and is not sure yet. */
async function look(
  deps: PollDeps,
  client: AlertmanagerClient,
  unsure: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const { journal, clock } = deps;
  const since = clock.now() - STRAY_FOR_MS;
  // the journal first: a silence that is made meanwhile is in both or in Alertmanager alone
  const before = await ownSilences(journal, since);
  const silences = await client.silences();
  deps.held.saw(silences, clock.now());
  const differences = differencesIn(before, silences, clock.now());
  for (const difference of differences) {
    if (difference.isSure || unsure.has(keyOf(difference))) await record(deps, difference, before);
  }
  const ended = await endStrays(deps, client, silences, before);
  if (ended.size > 0)
    deps.held.saw(
      silences.filter(({ id }) => !ended.has(id)),
      clock.now(),
    );
  await guardP0(
    deps,
    client,
    silences.filter(({ id }) => !ended.has(id)),
  );
  return new Set(differences.filter(({ isSure }) => !isSure).map(keyOf));
}

async function ownSilences(journal: Journal, since: number): Promise<readonly SilenceState[]> {
  const open = await journal.aggregates<SilenceState>(SILENCE, { open: true });
  const recent = await journal.aggregates<SilenceState>(SILENCE, { since });
  return [...new Map([...open, ...recent].map(({ id, state }) => [id, state])).values()];
}

async function record(deps: PollDeps, { silence, event }: Difference, before: readonly SilenceState[]): Promise<void> {
  const seen = before.find(({ id }) => id === silence);
  const isStill = (state: SilenceState) =>
    state.status === 'active' && state.pending === null && state.endsAt === seen?.endsAt;
  const change = { events: [event], actor: 'alertmanager' };
  const changed = await changeSilence(deps.journal, silence, deps.clock.now(), (state) =>
    isStill(state) ? change : null,
  );
  if (changed) deps.logger.info({ silence, event: event.type }, 'silence was changed in alertmanager');
}

/** A copy whose making we gave up, or a second one of the same: what Alertmanager took although its answer was lost. */
async function endStrays(
  deps: PollDeps,
  client: AlertmanagerClient,
  silences: readonly HeldSilence[],
  before: readonly SilenceState[],
): Promise<ReadonlySet<string>> {
  const ended = new Set<string>();
  const live = silences.filter(({ state }) => state !== 'expired');
  for (const state of before) {
    const isSettled = state.status === 'failed' || (state.status === 'active' && state.pending === null);
    if (!isSettled || live.length === 0) continue;
    const texts = await textsOfSilence(deps.journal, state);
    for (const stray of live.filter((held) => held.id !== state.held && isCopyOf(held, state, texts))) {
      await client.expireSilence(stray.id);
      ended.add(stray.id);
      deps.logger.warn({ silence: state.id, held: stray.id }, 'a second copy of a silence was ended');
    }
  }
  return ended;
}

function keyOf({ silence, event }: Difference): string {
  return JSON.stringify([silence, event.type, event.data]);
}
