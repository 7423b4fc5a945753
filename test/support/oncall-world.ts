import { createAlertDesk } from '../../src/alerts/desk.ts';
import { evolvers } from '../../src/cli/evolvers.ts';
import type { Command, Outcome } from '../../src/core/command.ts';
import type { Config } from '../../src/core/config/config.ts';
import { createMetricsRegistry, type Registry } from '../../src/core/metrics.ts';
import { decideUntilAppended } from '../../src/journal/decide.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import type { Effect, Journal, StoredEvent } from '../../src/journal/port.ts';
import { createPresence, type Presence } from '../../src/journal/presence.ts';
import { createTimerLoop, type TimerLoop } from '../../src/journal/timers.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { type Calendars, createCalendars } from '../../src/oncall/calendars/calendars.ts';
import { foldersOf } from '../../src/oncall/calendars/read-calendar.ts';
import { createOncall, type OncallRoom } from '../../src/oncall/oncall.ts';
import { PAGE_KINDS, type PageResult } from '../../src/oncall/page.ts';
import { type TestConfigSource, testConfig, testConfigSource } from './config.ts';
import type { FakeClock } from './fake-clock.ts';
import { openTestJournal, silentLogger, type TestJournal } from './journal.ts';
import { outsideOncall } from './outside-oncall.ts';

/** Monday 2026-11-23 10:00 in São Paulo: ana is primary, ben backup, and it is business time. */
export const MONDAY_TEN = Date.UTC(2026, 10, 23, 13, 0, 0);

/** Incidents, the whole on-call room and the timer loop on a real journal and a clock that stands still; it can be killed. */
export interface OncallWorld {
  readonly clock: FakeClock;
  readonly config: TestConfigSource;
  readonly metrics: Registry;
  readonly timers: TimerLoop;
  readonly oncall: OncallRoom;
  readonly presence: Presence;
  /** Between the configuration and the room. */
  readonly calendars: Calendars;
  journal(): Journal;
  /** The database file. */
  path(): string;
  ask(verb: string, incident: string | null, args?: Command['args'], by?: Command['by']): Promise<Outcome>;
  /** Opens an incident by hand; resolves with its id. */
  open(severity: string): Promise<string>;
  /** Moves time, carrying out each timer at its moment. */
  pass(seconds: number): Promise<void>;
  /** Ends every wanted page. */
  endPages(result?: Partial<PageResult>): Promise<void>;
  pages(incident: string, states?: ReadonlyArray<Effect['state']>): Promise<Effect[]>;
  events(): Promise<StoredEvent[]>;
  /** The process is gone; `seconds` later another one starts on the same file, its parts started, no timer carried out yet. */
  kill(seconds: number): Promise<void>;
  /** Folds everything again, compares, and removes the store. */
  close(): Promise<void>;
}

export interface OncallWorldOptions {
  readonly startAt?: number;
  readonly config?: Config;
  /** Where calendars that are files lie. */
  readonly configDir?: string;
}

const SENT: PageResult = { outcome: 'sent', error: null, reference: 'C1/1.1', lateSeconds: 0 };

export async function openOncallWorld(options: OncallWorldOptions = {}): Promise<OncallWorld> {
  let store = await openTestJournal();
  store.clock.jumpTo(options.startAt ?? MONDAY_TEN);
  const { clock } = store;
  const config = testConfigSource(options.config ?? testConfig());
  const configDir = options.configDir ?? '/nonexistent';
  let parts = await start(store, config, configDir);

  async function ask(
    verb: string,
    incident: string | null,
    args: Command['args'] = {},
    by: Command['by'] = 'slack:U01ONCALL',
  ): Promise<Outcome> {
    const about = incident === null ? {} : { incident };
    const command: Command = { v: 1, verb, by, at: clock.now(), via: 'cli', args, ...about };
    let outcome: Outcome = { kind: 'done', text: 'nothing' };
    await decideUntilAppended(store.journal, async () => {
      const decide = parts.oncall.commands[verb] ?? parts.desk.command;
      const decision = await decide(command);
      outcome = decision.outcome;
      return decision.batch;
    });
    return outcome;
  }

  const world: OncallWorld = {
    clock,
    config,
    get metrics() {
      return parts.metrics;
    },
    get timers() {
      return parts.timers;
    },
    get oncall() {
      return parts.oncall;
    },
    get presence() {
      return parts.presence;
    },
    get calendars() {
      return parts.calendars;
    },
    journal: () => store.journal,
    path: () => store.path,
    ask,
    open: async (severity) => {
      const outcome = await ask('open', null, { title: `something of ${severity}`, severity });
      if (outcome.kind !== 'done' || outcome.incident === undefined) throw new Error(outcome.text);
      return outcome.incident;
    },
    pass: async (seconds) => {
      const end = clock.now() + seconds * 1000;
      for (;;) {
        const next = await store.journal.nextTimerAt();
        if (next === null || next > end) break;
        clock.advance(Math.max(0, next - clock.now()));
        await parts.timers.runDue();
      }
      clock.advance(end - clock.now());
      await parts.calendars.idle();
    },
    endPages: async (result = {}) => {
      for (const effect of await store.journal.effects({ kinds: PAGE_KINDS, states: ['wanted'] })) {
        await store.journal.claim(effect.key, clock.now());
        await decideUntilAppended(store.journal, async () => ({
          at: clock.now(),
          actor: 'auto',
          ...(await parts.oncall.escalation.pageClosed(effect, { ...SENT, ...result })),
        }));
      }
    },
    pages: (incident, states) =>
      store.journal.effects({ kinds: PAGE_KINDS, incident, ...(states === undefined ? {} : { states }) }),
    events: () => store.journal.eventsAfter(0, 100_000),
    kill: async (seconds) => {
      // the room that was killed hears nothing more: its listeners die with its journal
      await parts.calendars.stop();
      store = await store.restart();
      clock.advance(seconds * 1000);
      parts = await start(store, config, configDir);
    },
    close: async () => {
      await parts.calendars.stop();
      await parts.timers.stop();
      await parts.oncall.stop();
      const verified = await verifyJournal({ path: store.path, evolvers });
      await store.remove();
      if (!verified.ok) throw new Error(`journal does not verify: ${JSON.stringify(verified)}`);
    },
  };
  return world;
}

async function start(store: TestJournal, configured: TestConfigSource, configDir: string) {
  const { journal, clock, path } = store;
  const metrics = createMetricsRegistry();
  const room = { journal, clock, logger: silentLogger, metrics };
  const folders = foldersOf(configDir, path);
  const calendars = await createCalendars({ ...room, config: configured, folders });
  const common = { ...room, config: calendars };
  const presence = createPresence({ journal, clock });
  await presence.start(configured.current().version);
  const oncall = createOncall({ ...common, ...outsideOncall(journal) });
  const desk = createAlertDesk({ ...common, follow: oncall.follow });
  const journalMetrics = createJournalMetrics(metrics);
  const report = async () => null;
  const handlers = { ...desk.timers, ...oncall.timers, 'process.report': report };
  const timers = createTimerLoop({ ...common, metrics: journalMetrics, handlers, outcome: presence.late });
  await oncall.start();
  calendars.start(oncall.reloaded);
  await calendars.idle();
  return { calendars, oncall, desk, timers, metrics, presence };
}
