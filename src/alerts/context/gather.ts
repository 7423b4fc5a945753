/**
 * Gathers what belongs to an incident. In: effects of kind `context`. Out: an event `incident.context` when everything
 * answered or ran out of time, and one before it when something takes long.
 */
import PQueue from 'p-queue';
import type { Clock } from '../../core/clock.ts';
import { SEVERITIES } from '../../core/config/config.ts';
import { transient } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Registry } from '../../core/metrics.ts';
import { decideUntilAppended } from '../../journal/decide.ts';
import type { EffectEnd, EffectExecutor } from '../../journal/effects.ts';
import type { Batch, Effect, Journal } from '../../journal/port.ts';
import type { IncidentState } from '../incident-state.ts';
import type { ContextRequest } from './ask.ts';
import { type Answered, type AskDeps, askSource } from './ask-sources.ts';
import type { ContextPart, IncidentContext } from './context.ts';
import { createContextMetrics } from './metrics.ts';
import { readContext } from './read.ts';
import { hasThread, isLive } from './reason.ts';
import type { ContextSource } from './source.ts';
import { subjectOf } from './subject.ts';

export interface GatherDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Registry;
  /** In the order in which they are shown. */
  readonly sources: readonly ContextSource[];
  /** The batch that writes context into the incident; `contextJson` is the JSON of an `IncidentContext`. */
  readonly record: (incident: string, contextJson: string) => Promise<Batch>;
}

export interface ContextGatherer {
  readonly executor: EffectExecutor;
  /** Gives up what runs; it is wanted again at the next start. */
  stop(): void;
}

/** Incidents at once, the most urgent first. */
const AT_ONCE = 2;
/** Effects that may wait for their turn in memory, so that a late P0 overtakes them. */
const MOST_WAITING = 64;
/** What answered by then is shown without waiting for the rest. */
const FIRST_SHOWN_MS = 1_500;

/** Makes the executor. Looking changes nothing: what was cut short is looked at again. */
export function createContextGatherer(deps: GatherDeps): ContextGatherer {
  const metrics = createContextMetrics(deps.metrics);
  const queue = new PQueue({ concurrency: AT_ONCE });
  const stopping = new AbortController();
  const work: Work = { ...deps, answered: metrics.answered, stop: stopping.signal };

  async function run(effect: Effect): Promise<EffectEnd> {
    const { reason } = effect.data as ContextRequest;
    const incident = effect.incident ?? '';
    const state = await stateOf(deps.journal, incident);
    const skipped = whyNot(state, reason);
    if (skipped !== null || state === null) return skip(skipped ?? 'unknown');
    const priority = reason === 'over' ? -SEVERITIES.length : -SEVERITIES.indexOf(state.severity);
    return queue.add(() => gatherNow(effect, incident, reason), { priority });
  }

  async function gatherNow(effect: Effect, incident: string, reason: ContextRequest['reason']): Promise<EffectEnd> {
    refuseWhenStopping(work.stop);
    // it may have waited for its turn
    const state = await stateOf(deps.journal, incident);
    const skipped = whyNot(state, reason);
    if (skipped !== null || state === null) return skip(skipped ?? 'unknown');
    const context = reason === 'over' ? await lastValues(work, state) : await gather(work, state);
    refuseWhenStopping(work.stop);
    if (context === null) return skip('nothing');
    metrics.gathered((deps.clock.now() - effect.askedAt) / 1000);
    const result = { found: context.parts.map(({ kind }) => kind), missing: context.missing.length };
    return { state: 'done', result, batch: () => deps.record(incident, JSON.stringify(context)) };
  }

  function skip(reason: string): EffectEnd {
    metrics.skipped(reason);
    return { state: 'done', result: { skipped: reason } };
  }

  return { executor: { idempotent: true, concurrency: MOST_WAITING, run }, stop: () => stopping.abort() };
}

interface Work extends GatherDeps, Pick<AskDeps, 'answered'> {
  readonly stop: AbortSignal;
}

async function stateOf(journal: Journal, incident: string): Promise<IncidentState | null> {
  return (await journal.aggregate<IncidentState>('incident', incident))?.state ?? null;
}

function whyNot(state: IncidentState | null, reason: ContextRequest['reason']): string | null {
  if (state === null) return 'unknown';
  if (!hasThread(state)) return 'no-thread';
  if (reason === 'over') return state.context === undefined || state.status === 'closed' ? 'closed' : null;
  return isLive(state) ? null : 'over';
}

async function gather(work: Work, state: IncidentState): Promise<IncidentContext> {
  const subject = await subjectOf(work.journal, state, work.clock.now());
  const answers = new Map<ContextSource, Answered>();
  const asked = work.sources.map(async (source) => {
    answers.set(source, await askSource(work, source, subject, work.stop));
  });
  const all = Promise.all(asked);
  await Promise.race([all, elapsed(work.clock, FIRST_SHOWN_MS)]);
  const first = contextOf(work, answers);
  if (first.pending.length > 0 && first.parts.length > 0 && !work.stop.aborted) await recordNow(work, state.id, first);
  await all;
  return contextOf(work, answers);
}

/** What was gathered before, with the last values of the sources that have some; null: there are none. */
async function lastValues(work: Work, state: IncidentState): Promise<IncidentContext | null> {
  const before = await readContext(work.journal, state.id);
  if (before === null) return null;
  const subject = await subjectOf(work.journal, state, work.clock.now());
  const sources = work.sources.filter(({ atEnd }) => atEnd === true);
  const answers = await Promise.all(sources.map((source) => askSource(work, source, subject, work.stop)));
  const fresh = answers.flatMap((answer) => (answer.kind === 'found' ? [answer.part] : []));
  const isReplaced = (part: ContextPart) => fresh.some(({ kind }) => kind === part.kind);
  // a source that could not say then is asked for nothing new now
  if (!before.parts.some(isReplaced)) return null;
  const parts = before.parts.map((part) => fresh.find(({ kind }) => kind === part.kind) ?? part);
  return { ...before, parts, pending: [] };
}

function contextOf(work: Work, answers: ReadonlyMap<ContextSource, Answered>): IncidentContext {
  const ended = work.sources.map((source) => ({ source, answer: answers.get(source) }));
  return {
    at: work.clock.now(),
    parts: ended.flatMap(({ answer }) => (answer?.kind === 'found' ? [answer.part] : [])),
    missing: ended.flatMap(({ answer }) => (answer !== undefined && 'missing' in answer ? [answer.missing] : [])),
    pending: ended.flatMap(({ source, answer }) => (answer === undefined ? [source.title] : [])),
  };
}

async function recordNow(work: Work, incident: string, context: IncidentContext): Promise<void> {
  try {
    await decideUntilAppended(work.journal, () => work.record(incident, JSON.stringify(context)));
  } catch (error) {
    work.logger.warn({ err: error, incident }, 'first part of context could not be written down');
  }
}

function elapsed(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

function refuseWhenStopping(stop: AbortSignal): void {
  if (stop.aborted)
    throw transient('STOPPING', 'The bot stops; context is gathered at its next start.', 'Nothing to do.');
}
