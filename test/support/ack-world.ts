import { describeIncidentEvent } from '../../src/alerts/describe.ts';
import { createAlertDesk } from '../../src/alerts/desk.ts';
import type { IncidentState } from '../../src/alerts/incident-state.ts';
import { timelineOf } from '../../src/alerts/timeline.ts';
import { evolvers } from '../../src/cli/evolvers.ts';
import type { Actor, Command, Outcome } from '../../src/core/command.ts';
import type { Config, Means } from '../../src/core/config/config.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { decideUntilAppended } from '../../src/journal/decide.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import type { Effect, Journal, StoredEvent } from '../../src/journal/port.ts';
import { createTimerLoop } from '../../src/journal/timers.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { createEscalation } from '../../src/oncall/escalation.ts';
import type { EscalationState } from '../../src/oncall/escalation-state.ts';
import { PAGE_KINDS, type PageRequest, type PageResult } from '../../src/oncall/page.ts';
import { type TestConfigSource, testConfigSource } from './config.ts';
import type { FakeClock } from './fake-clock.ts';
import { openTestJournal, silentLogger, type TestJournal } from './journal.ts';
import { bytesOf, type PayloadAlert, payload } from './payloads.ts';

export const ANA: Actor = 'slack:U01ONCALL';
export const BEN: Actor = 'slack:U03DEV';
export const MARCO: Actor = 'slack:U02MGR';
/** Monday 2026-11-23 10:00 in São Paulo: ana is primary, ben backup, and it is business time. */
const MONDAY_TEN = Date.UTC(2026, 10, 23, 13, 0, 0);

/** One page as a test reads it: when it was asked for, after the start of the world in seconds. */
export interface AskedPage {
  readonly at: number;
  readonly why: string;
  readonly means: string;
  readonly to: readonly string[];
}

/** Alerts, escalation and timers together on a real journal, under a clock that the test moves. */
export interface AckWorld {
  readonly clock: FakeClock;
  readonly config: TestConfigSource;
  journal(): Journal;
  /** A P0 of its own opens; resolves with its id. */
  open(labels?: Record<string, string>): Promise<string>;
  /** So many at once. */
  openMany(count: number, labels?: Record<string, string>): Promise<string[]>;
  /** The alerts of an incident end, or fire again. */
  end(incident: string): Promise<void>;
  refire(incident: string): Promise<void>;
  say(verb: string, incident: string, by: Actor, args?: JsonObject): Promise<Outcome>;
  /** Moves time and fires what falls due on the way, each at its moment. */
  pass(seconds: number): Promise<void>;
  /** The bot is dead for so long, then starts and carries out what is due. */
  away(seconds: number): Promise<void>;
  /** Drops everything in memory and opens the journal anew. */
  crash(): Promise<void>;
  /** Fires what is due now. */
  ring(): Promise<void>;
  /** Pages asked for, in their order, since the start or since `since` (seconds). */
  pages(incident: string, since?: number): Promise<AskedPage[]>;
  /** Every wanted page is sent. */
  sendAll(): Promise<void>;
  /** Pages that are open, in their order: `owner dm ana`. */
  wanted(incident: string): Promise<string[]>;
  /** Takes the newest open page of that name in hand, as a sender does; resolves with it. */
  take(incident: string, page: string): Promise<Effect>;
  /** Takes it in hand and ends it. */
  answer(incident: string, page: string, outcome: PageResult['outcome'], rest?: Partial<PageResult>): Promise<void>;
  /** Ends a page that was taken in hand. */
  closePage(page: Effect, outcome: PageResult['outcome'], rest?: Partial<PageResult>): Promise<void>;
  /** Seconds until the bot looks whether Slack has taken the pages; null: it does not. */
  looksIn(incident: string): Promise<number | null>;
  seconds(): number;
  types(incident: string): Promise<string[]>;
  words(incident: string): Promise<string[]>;
  events(incident: string): Promise<StoredEvent[]>;
  state(incident: string): Promise<EscalationState | null>;
  incident(id: string): Promise<IncidentState>;
  parts(): {
    readonly escalation: ReturnType<typeof createEscalation>;
    readonly desk: ReturnType<typeof createAlertDesk>;
  };
  /** Folds everything again, compares, and removes the store. */
  close(): Promise<void>;
}

/** Opens the world; `startAt` is the clock's first moment, `means` what is set up: what Slack carries when absent. */
export async function openAckWorld(
  options: { startAt?: number; config?: Config; means?: readonly Means[] } = {},
): Promise<AckWorld> {
  let store: TestJournal = await openTestJournal();
  const { clock } = store;
  const startAt = options.startAt ?? MONDAY_TEN;
  clock.jumpTo(startAt);
  const config = options.config === undefined ? testConfigSource() : testConfigSource(options.config);
  let room = wire(store, config, options.means);
  let rows = 0;
  const seconds = () => Math.round((clock.now() - startAt) / 1000);

  async function take(alerts: ReadonlyArray<{ readonly alert: PayloadAlert; readonly g: string }>): Promise<void> {
    const stored = alerts.map(({ alert, g }) => {
      rows += 1;
      const body = bytesOf(payload([alert], { groupLabels: { g } }));
      const row = { lane: 'machines', source: 'alertmanager', key: `k${rows}`, receivedAt: clock.now(), body } as const;
      return { ...row, id: rows, tries: 0, state: 'waiting', error: null } as const;
    });
    await decideUntilAppended(store.journal, async () => (await room.desk.receive(stored)).batch);
  }
  const labelsOf = (g: string) => ({ alertname: 'GiannaServiceDown', g });
  const startedAt = new Map<string, number>();
  const groups = new Map<string, { g: string; labels: Record<string, string> }>();

  function firing(incident: string) {
    const { g, labels } = need(groups.get(incident));
    startedAt.set(incident, clock.now());
    return { alert: { fingerprint: `f${g}`, startsAt: clock.now(), labels }, g };
  }

  const world: AckWorld = {
    clock,
    config,
    journal: () => store.journal,
    open: async (labels = {}) => need((await world.openMany(1, labels))[0]),
    openMany: async (count, labels = {}) => {
      const ids = Array.from({ length: count }, () => {
        const g = String(groups.size + 1);
        groups.set(`GI-${g}`, { g, labels: { ...labelsOf(g), ...labels } });
        return `GI-${g}`;
      });
      await take(ids.map(firing));
      return ids;
    },
    refire: (incident) => take([firing(incident)]),
    end: (incident) => {
      const { g, labels } = need(groups.get(incident));
      const startsAt = need(startedAt.get(incident));
      return take([{ alert: { fingerprint: `f${g}`, status: 'resolved', startsAt, endsAt: clock.now(), labels }, g }]);
    },
    say: async (verb, incident, by, args = {}) => {
      const command: Command = { v: 1, verb, by, at: clock.now(), via: 'button', incident, args };
      let outcome: Outcome | null = null;
      await decideUntilAppended(store.journal, async () => {
        const decided = await room.desk.command(command);
        outcome = decided.outcome;
        return decided.batch;
      });
      return need(outcome as Outcome | null);
    },
    ring: async () => void (await room.timers.runDue()),
    pass: async (span) => {
      const end = clock.now() + span * 1000;
      for (;;) {
        const next = await store.journal.nextTimerAt();
        if (next === null || next > end) break;
        clock.advance(Math.max(0, next - clock.now()));
        await room.timers.runDue();
      }
      clock.advance(end - clock.now());
    },
    away: async (span) => {
      clock.advance(span * 1000);
      await world.crash();
      await room.timers.runDue();
    },
    crash: async () => {
      room.escalation.stop();
      store = await store.restart();
      room = wire(store, config, options.means);
    },
    pages: async (incident, since = 0) => {
      const effects = await store.journal.effects({ kinds: PAGE_KINDS, incident });
      const asked = effects.map(({ askedAt, data }) => {
        const { beyond, level, means, people, targets } = data as PageRequest;
        const at = Math.round((askedAt - startAt) / 1000);
        return { at, why: beyond?.why ?? `level ${level}`, means, to: [...people, ...targets] };
      });
      return asked.filter(({ at }) => at >= since);
    },
    sendAll: async () => {
      for (const effect of await store.journal.effects({ kinds: PAGE_KINDS, states: ['wanted'] })) {
        await store.journal.claim(effect.key, clock.now());
        await world.closePage(effect, 'sent', { reference: 'C1/1.1' });
      }
    },
    wanted: async (incident) => (await openPages(store.journal, incident)).map(nameOfPage),
    take: async (incident, page) => {
      const open = await openPages(store.journal, incident);
      const effect = open.findLast((each) => nameOfPage(each) === page);
      if (effect === undefined) throw new Error(`no page ${page} is open: ${open.map(nameOfPage).join('; ')}`);
      await store.journal.claim(effect.key, clock.now());
      return effect;
    },
    answer: async (incident, page, outcome, rest = {}) => {
      await world.closePage(await world.take(incident, page), outcome, rest);
    },
    closePage: async (effect, outcome, rest = {}) => {
      const result: PageResult = { outcome, error: null, reference: null, lateSeconds: 0, ...rest };
      await decideUntilAppended(store.journal, async () => {
        return { at: clock.now(), actor: 'auto', ...(await room.escalation.pageClosed(effect, result)) };
      });
    },
    looksIn: async (incident) => {
      const timer = (await store.journal.timersOf('page', incident)).find(({ purpose }) => purpose === 'unsent');
      return timer === undefined ? null : Math.round((timer.dueAt - clock.now()) / 1000);
    },
    seconds,
    events: (incident) => store.journal.eventsAbout(incident),
    types: async (incident) => (await world.events(incident)).map(({ type }) => type),
    words: async (incident) => {
      const lines = await timelineOf(store.journal, incident, [describeIncidentEvent, room.escalation.describe]);
      return lines.map(({ text }) => text);
    },
    state: async (incident) => (await store.journal.aggregate<EscalationState>('escalation', incident))?.state ?? null,
    incident: async (id) => need(await store.journal.aggregate<IncidentState>('incident', id)).state,
    parts: () => room,
    close: async () => {
      room.escalation.stop();
      const verified = await verifyJournal({ path: store.path, evolvers });
      await store.remove();
      if (!verified.ok || verified.states?.wrong.length !== 0) throw new Error(JSON.stringify(verified));
    },
  };
  return world;
}

function wire(store: TestJournal, config: TestConfigSource, means: readonly Means[] | undefined) {
  const { journal, clock } = store;
  const common = { journal, config, clock, logger: silentLogger };
  const available = means === undefined ? {} : { means: new Set(means) };
  const escalation = createEscalation({ ...common, metrics: createMetricsRegistry(), ...available });
  const desk = createAlertDesk({ ...common, metrics: createMetricsRegistry(), follow: escalation.follow });
  const handlers = { ...desk.timers, ...escalation.timers };
  const jumped = escalation.clockJumped;
  const metrics = createJournalMetrics(createMetricsRegistry());
  const timers = createTimerLoop({ ...common, handlers, metrics, jumped });
  return { escalation, desk, timers };
}

function openPages(journal: Journal, incident: string): Promise<Effect[]> {
  return journal.effects({ kinds: PAGE_KINDS, states: ['wanted', 'claimed'], incident });
}

/** `owner dm ana`, `level 2 thread ana,channel:ops`. */
function nameOfPage({ data }: Effect): string {
  const { beyond, level, means, people, targets } = data as PageRequest;
  return `${beyond?.why ?? `level ${level}`} ${means} ${[...people, ...targets].join(',')}`;
}

function need<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('nothing there');
  return value;
}
