import { createAskContext } from '../../src/alerts/context/ask.ts';
import type { IncidentContext } from '../../src/alerts/context/context.ts';
import { createContextGatherer } from '../../src/alerts/context/gather.ts';
import { readContext } from '../../src/alerts/context/read.ts';
import type { ContextSource } from '../../src/alerts/context/source.ts';
import { createAlertDesk } from '../../src/alerts/desk.ts';
import type { IncidentState } from '../../src/alerts/incident-state.ts';
import { evolvers } from '../../src/cli/evolvers.ts';
import type { Config } from '../../src/core/config/config.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { decideUntilAppended } from '../../src/journal/decide.ts';
import { createEffectRunner, type EffectExecutor } from '../../src/journal/effects.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import type { Effect, Journal, StoredEvent } from '../../src/journal/port.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { testConfig, testConfigSource } from './config.ts';
import type { FakeClock } from './fake-clock.ts';
import { openTestJournal, silentLogger } from './journal.ts';
import { bytesOf, type PayloadAlert, type PayloadOptions, payload } from './payloads.ts';

/** The alerts room with context gathered from the given sources, on a real journal and a clock that stands still. */
export interface ContextDesk {
  readonly journal: Journal;
  readonly clock: FakeClock;
  /** Services whose probes were run. */
  readonly diagnosed: string[];
  /** One payload through the desk. */
  deliver(alerts: PayloadAlert[], options?: PayloadOptions): Promise<void>;
  command(verb: string, incident: string, args?: Record<string, string>): Promise<void>;
  /** Moves the clock in small steps until the condition holds, carrying out what falls due. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
  /** Moves the clock, carrying out timers of context. */
  pass(ms: number): Promise<void>;
  state(incident: string): Promise<IncidentState>;
  context(incident: string): Promise<IncidentContext | null>;
  effects(kind: string): Promise<Effect[]>;
  events(type: string): Promise<StoredEvent[]>;
  metrics(): Promise<string>;
  /** Stops gathering, as the bot does when it stops. */
  stop(): Promise<void>;
  /** `journal verify --state` on everything that happened, then removal. */
  verifyAndRemove(): Promise<void>;
}

export async function openContextDesk(
  sources: readonly ContextSource[],
  config: Config = testConfig(),
): Promise<ContextDesk> {
  const { journal, clock, path, remove } = await openTestJournal();
  const source = testConfigSource(config);
  const registry = createMetricsRegistry();
  const common = { journal, config: source, clock, logger: silentLogger };
  const ask = createAskContext({ journal, config: source });
  const desk = createAlertDesk({ ...common, metrics: registry, follow: ask.follow });
  const gatherer = createContextGatherer({ ...common, metrics: registry, sources, record: desk.recordContext });
  const diagnosed: string[] = [];
  const diagnose: EffectExecutor = {
    idempotent: true,
    concurrency: 4,
    run: async ({ data }) => {
      diagnosed.push(String(data.service));
      return { state: 'done', result: {} };
    },
  };
  const effects = createEffectRunner({
    journal,
    clock,
    logger: silentLogger,
    metrics: createJournalMetrics(registry),
    executors: { context: gatherer.executor, diagnose },
  });
  await effects.start();
  let rows = 0;
  let isStopped = false;

  async function fireDue(): Promise<void> {
    for (const timer of await journal.dueTimers(clock.now(), 1_000)) {
      if (timer.kind !== 'context') continue;
      await decideUntilAppended(journal, async () => {
        const batch = await ask.timers['context.gather-context'](timer, clock.now());
        const isMoved = (batch?.timers ?? []).length > 0;
        const ended = isMoved ? [] : [{ op: 'cancel', ...timer } as const];
        return { at: clock.now(), actor: 'auto', ...batch, timers: [...(batch?.timers ?? []), ...ended] };
      });
    }
  }
  async function step(ms: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 2));
    clock.advance(ms);
    await fireDue();
  }
  async function stop(): Promise<void> {
    if (isStopped) return;
    isStopped = true;
    gatherer.stop();
    await effects.stop();
  }
  return {
    journal,
    clock,
    diagnosed,
    deliver: async (alerts, options) => {
      rows += 1;
      const body = bytesOf(payload(alerts, options));
      const row = { lane: 'machines', source: 'alertmanager', key: `w${rows}`, receivedAt: clock.now(), body } as const;
      const stored = { ...row, id: rows, tries: 0, state: 'waiting', error: null } as const;
      await decideUntilAppended(journal, async () => (await desk.receive([stored])).batch);
    },
    command: async (verb, incident, args = {}) => {
      const command = { v: 1, verb, by: 'slack:U01ONCALL', at: clock.now(), via: 'cli', incident, args } as const;
      await decideUntilAppended(journal, async () => (await desk.command(command)).batch);
    },
    until: async (condition) => {
      const giveUpAt = performance.now() + 10_000;
      while (!(await condition())) {
        if (performance.now() > giveUpAt) throw new Error(`never happened: ${condition.toString()}`);
        await step(50);
      }
    },
    pass: async (ms) => {
      const end = clock.now() + ms;
      while (clock.now() < end) await step(Math.min(1_000, end - clock.now()));
    },
    state: async (incident) => {
      const row = await journal.aggregate<IncidentState>('incident', incident);
      if (row === null) throw new Error(`no ${incident}`);
      return row.state;
    },
    context: (incident) => readContext(journal, incident),
    effects: (kind) => journal.effects({ kinds: [kind] }),
    events: async (type) => (await journal.eventsAfter(0, 100_000)).filter((event) => event.type === type),
    metrics: () => registry.metrics(),
    stop,
    verifyAndRemove: async () => {
      await stop();
      await journal.close();
      const verified = await verifyJournal({ path, evolvers });
      await remove();
      if (!verified.ok) throw new Error(`journal does not verify: ${JSON.stringify(verified)}`);
    },
  };
}
