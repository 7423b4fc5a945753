import { createAlertDesk } from '../../src/alerts/desk.ts';
import { evolvers } from '../../src/cli/evolvers.ts';
import type { Command, Outcome } from '../../src/core/command.ts';
import type { Config } from '../../src/core/config/config.ts';
import type { MeansSettings } from '../../src/core/config/means-settings.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { decideUntilAppended } from '../../src/journal/decide.ts';
import { createEffectRunner, type EffectRunner } from '../../src/journal/effects.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import type { Batch, Effect, InboxRow, Journal, StoredEvent } from '../../src/journal/port.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { createOncall, type OncallRoom } from '../../src/oncall/oncall.ts';
import type { CommandDecision } from '../../src/oncall/part.ts';
import { createReadNumbers } from '../../src/oncall/reports/read-numbers.ts';
import { testConfigSource } from './config.ts';
import type { FakeClock } from './fake-clock.ts';
import { openTestJournal, silentLogger } from './journal.ts';
import { outsideOncall } from './outside-oncall.ts';
import { bytesOf, type PayloadAlert, payload } from './payloads.ts';

/** Incidents, escalation and pagers on a real journal, with effects that run; only the clock stands still. */
export interface PagerWorld {
  readonly clock: FakeClock;
  readonly config: ReturnType<typeof testConfigSource>;
  readonly oncall: () => OncallRoom;
  journal(): Journal;
  /** Takes alerts in, as Alertmanager's webhook does. */
  deliver(alerts: PayloadAlert[]): Promise<void>;
  /** Decides and stores a command. */
  submit(command: Command): Promise<Outcome>;
  ack(incident: string): Promise<Outcome>;
  resolve(incident: string): Promise<Outcome>;
  /** Effects of a kind, with their state. */
  effects(kind: string): Promise<Effect[]>;
  events(incident: string): Promise<StoredEvent[]>;
  timeline(incident: string): Promise<string[]>;
  metrics(): Promise<string>;
  /** Lets what is wanted run, and moves time in small steps until `done` holds. */
  until(done: () => Promise<boolean> | boolean, step?: { readonly ms: number; readonly most: number }): Promise<void>;
  /** The process dies and a new one begins on the same store. */
  restart(): Promise<void>;
  /** `journal verify --state` on everything that happened, then removal. */
  verifyAndRemove(): Promise<void>;
}

export interface PagerWorldOptions {
  readonly config: Config;
  readonly means: Partial<MeansSettings>;
  readonly publicUrl?: string;
  /** Default: the fake clock's own beginning. */
  readonly startAt?: number;
}

const NO_MEANS: MeansSettings = {
  smtp: null,
  twilio: null,
  pagerduty: null,
  linkKeys: ['k'.repeat(32)],
  linkKeyFile: '/nonexistent/link-keys',
};

/** Opens the world and starts its effects. */
export async function openPagerWorld(options: PagerWorldOptions): Promise<PagerWorld> {
  let store = await openTestJournal();
  const { clock } = store;
  if (options.startAt !== undefined) clock.jumpTo(options.startAt);
  const config = testConfigSource(options.config);
  let rows = 0;
  let parts = wire();
  await parts.runner.start();

  function wire() {
    const { journal } = store;
    const metrics = createMetricsRegistry();
    const common = { journal, config, clock, logger: silentLogger, metrics };
    const oncall: OncallRoom = createOncall({
      ...outsideOncall(journal),
      ...common,
      means: { ...NO_MEANS, ...options.means },
      publicUrl: options.publicUrl ?? null,
      nameOf: (actor) => actor,
      readNumbers: createReadNumbers({ journal, isFix: () => false }),
      silences: async () => [],
      failingProbes: async () => [],
      showDuty: async () => [],
      decideIncident: (command) => desk.command(command),
    });
    const desk = createAlertDesk({ ...common, follow: oncall.follow });
    const runner: EffectRunner = createEffectRunner({
      journal,
      clock,
      logger: silentLogger,
      executors: oncall.executors,
      metrics: createJournalMetrics(metrics),
    });
    return { journal, metrics, oncall, desk, runner };
  }

  /** Decides again when a page was closed meanwhile, as the drain does. */
  async function append(decide: () => Promise<Batch | null>, done: number[]): Promise<void> {
    await decideUntilAppended(parts.journal, async () => {
      const batch = await decide();
      return { ...(batch ?? { at: clock.now(), actor: 'auto' }), done };
    });
  }

  async function submit(command: Command): Promise<Outcome> {
    const handler = parts.oncall.commands[command.verb] ?? parts.desk.command;
    let decided: CommandDecision | null = null;
    await append(async () => {
      decided = await handler(command);
      return decided.batch;
    }, []);
    if (decided === null) throw new Error('nothing was decided');
    return (decided as CommandDecision).outcome;
  }
  const act = (verb: string) => (incident: string) =>
    submit({ v: 1, verb, by: 'slack:U01ONCALL', at: clock.now(), via: 'cli', incident, args: {} });

  async function fireDue(): Promise<void> {
    const handlers = { ...parts.desk.timers, ...parts.oncall.timers };
    for (const timer of await parts.journal.dueTimers(clock.now(), 50)) {
      const handler = Object.entries(handlers).find(([name]) => name === `${timer.kind}.${timer.purpose}`)?.[1];
      const cancel = { at: clock.now(), actor: 'auto', timers: [{ op: 'cancel', ...timer } as const] };
      await append(async () => (await handler?.(timer, clock.now())) ?? cancel, []);
    }
  }

  return {
    clock,
    config,
    oncall: () => parts.oncall,
    journal: () => parts.journal,
    deliver: async (alerts) => {
      rows += 1;
      const body = bytesOf(payload(alerts));
      const row = { lane: 'machines', source: 'alertmanager', key: `w${rows}`, receivedAt: clock.now() } as const;
      const { id } = await parts.journal.put({ ...row, body });
      const stored: InboxRow = { ...row, body, id, tries: 0, state: 'waiting', error: null };
      await append(async () => (await parts.desk.receive([stored])).batch, [id]);
    },
    submit,
    ack: act('ack'),
    resolve: act('resolve'),
    effects: (kind) => parts.journal.effects({ kinds: [kind] }),
    events: (incident) => parts.journal.eventsAbout(incident),
    timeline: async (incident) => {
      const events = await parts.journal.eventsAbout(incident);
      return events.flatMap((event) => parts.oncall.describe(event, new Map()) ?? []);
    },
    metrics: () => parts.metrics.metrics(),
    until: async (done, { ms, most } = { ms: 0, most: 400 }) => {
      for (let step = 0; step < most; step += 1) {
        if (await done()) return;
        // what the other side answers comes by the event loop
        await new Promise((resolve) => setTimeout(resolve, 10));
        clock.advance(ms);
        if (ms > 0) await fireDue();
      }
      throw new Error(`not so within ${most} steps of ${ms} ms`);
    },
    restart: async () => {
      await parts.oncall.stop();
      await parts.runner.stop();
      store = await store.restart();
      parts = wire();
      await parts.runner.start();
    },
    verifyAndRemove: async () => {
      await parts.oncall.stop();
      await parts.runner.stop();
      const verified = await verifyJournal({ path: store.path, evolvers });
      await store.remove();
      if (!verified.ok) throw new Error(`journal does not verify: ${JSON.stringify(verified)}`);
    },
  };
}
