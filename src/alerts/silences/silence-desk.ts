/**
 * Silences as app.ts wires them. In: commands, timers that fell due, effects to be carried out. Out: batches for the
 * journal, silences in Alertmanager, and incidents that are flagged while every alert of theirs is muted.
 */
import type { Command } from '../../core/command.ts';
import type { Registry } from '../../core/metrics.ts';
import type { EffectExecutor } from '../../journal/effects.ts';
import type { SilenceMatcher } from '../alertmanager.ts';
import type { DescribeEvent } from '../change.ts';
import { createSilenceExecutor } from './carry-out.ts';
import { createSilenceCommands } from './commands.ts';
import type { SilenceDecision } from './decided.ts';
import { createHeldSilences } from './held.ts';
import { labelsIn } from './history.ts';
import { listSilences, viewSilence } from './list.ts';
import { createSilenceMetrics } from './metrics.ts';
import { createSilencePoll } from './poll.ts';
import { prefillMatchers } from './prefill.ts';
import { previewSilence } from './preview.ts';
import { createQuieting } from './quieting.ts';
import type { SilencePreview, SilenceRequest } from './request.ts';
import { settledSilence } from './settled.ts';
import { describeSilenceEvent } from './silence-describe.ts';
import { evolveStoredSilence } from './silence-evolve.ts';
import { SILENCE } from './silence-state.ts';
import { alertmanagerInForce, routesInForce, type SilenceDeps } from './sources.ts';
import { silenceTimers } from './timers.ts';
import type { SilenceView } from './views.ts';

export type SilenceDeskDeps = Omit<SilenceDeps, 'metrics' | 'alertmanager' | 'route'> & { readonly metrics: Registry };

export interface SilenceDesk {
  /** Handles `silence`, `silence-extend` and `lift`. */
  command(command: Command): Promise<SilenceDecision>;
  readonly timers: ReturnType<typeof silenceTimers>;
  readonly executor: EffectExecutor;
  readonly describe: DescribeEvent;
  readonly evolvers: { readonly silence: typeof evolveStoredSilence };
  /** What the edges ask for; nothing of it changes anything. */
  readonly ask: SilenceQuestions;
  /** Begins to look at Alertmanager and to keep the flag of incidents true. */
  start(): void;
  stop(): Promise<void>;
  /** One look at Alertmanager, as the loop takes each minute. */
  lookOnce(): Promise<void>;
  /** One pass over the incidents that are or should be flagged, as the loop makes. */
  bringUpToDate(): Promise<void>;
}

/** What the edges ask about silences. */
export interface SilenceQuestions {
  /** In force or being made, made elsewhere too, with what each mutes now. */
  list(): Promise<readonly SilenceView[]>;
  /** By `SIL-7`, `7` or Alertmanager's id; null: there is none. */
  view(id: string): Promise<SilenceView | null>;
  preview(request: SilenceRequest): Promise<SilencePreview>;
  /** Matchers that a silence for an incident begins with; empty when its alerts have nothing in common. */
  prefill(incident: string): Promise<readonly SilenceMatcher[]>;
  /** Waits until Alertmanager has answered what was asked about it, 15 s at most. */
  settled(id: string): Promise<SilenceView | null>;
}

/** Wires the parts of this folder. */
export function createSilenceDesk(given: SilenceDeskDeps): SilenceDesk {
  const metrics = createSilenceMetrics(given.metrics);
  const alertmanager = alertmanagerInForce(given.config);
  const held = createHeldSilences();
  const deps = { ...given, metrics, alertmanager, route: routesInForce(given.config), held };
  const { journal } = deps;
  const stopCounting = journal.onChange(({ events }) => {
    for (const event of events) if (event.kind === SILENCE) metrics.event(event.type);
  });
  const quieting = createQuieting(deps);
  const poll = createSilencePoll({ ...deps, looked: quieting.wake });
  const view = (id: string) => viewSilence(deps, id);
  return {
    command: createSilenceCommands(deps),
    timers: silenceTimers(journal),
    executor: createSilenceExecutor(deps),
    describe: describeSilenceEvent,
    evolvers: { silence: evolveStoredSilence },
    ask: {
      list: () => listSilences(deps),
      view,
      preview: (request) => previewSilence(deps, request),
      prefill: (incident) => prefill(deps, incident),
      settled: (id) => settledSilence(deps, view, id),
    },
    start: () => {
      poll.start();
      quieting.start();
    },
    stop: async () => {
      stopCounting();
      await poll.stop();
      await quieting.stop();
    },
    lookOnce: poll.lookOnce,
    bringUpToDate: quieting.pass,
  };
}

async function prefill(
  { journal }: Pick<SilenceDeps, 'journal'>,
  incident: string,
): Promise<readonly SilenceMatcher[]> {
  const firing = (await journal.occurrencesOf(incident)).filter(({ status }) => status === 'firing');
  const texts = await journal.payloads([...new Set(firing.map(({ about }) => about))]);
  return prefillMatchers(firing.map(({ about }) => labelsIn(texts.get(about))).filter((labels) => labels !== null));
}
