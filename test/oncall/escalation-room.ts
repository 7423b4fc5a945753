import type { IncidentState } from '../../src/alerts/incident-state.ts';
import type { Config, Means } from '../../src/core/config/config.ts';
import { createMetricsRegistry, type Registry } from '../../src/core/metrics.ts';
import type { Batch, Effect, Journal, StoredEvent } from '../../src/journal/port.ts';
import { createEscalation, type Escalation, escalationEvolvers } from '../../src/oncall/escalation.ts';
import type { EscalationState } from '../../src/oncall/escalation-state.ts';
import { PAGE_KINDS, type PageRequest, type PageResult } from '../../src/oncall/page.ts';
import { type TestConfigSource, testConfig, testConfigSource } from '../support/config.ts';
import type { FakeClock } from '../support/fake-clock.ts';
import { openTestJournal, silentLogger, type TestJournal } from '../support/journal.ts';

/** The escalation on a real journal, with an incident that the test moves by hand. */
export interface EscalationRoom {
  readonly clock: FakeClock;
  readonly config: TestConfigSource;
  readonly metrics: Registry;
  readonly escalation: Escalation;
  journal(): Journal;
  /** The database file. */
  path(): string;
  /** Moves the incident and appends what follows, in one batch. */
  move(change: Partial<IncidentState>): Promise<void>;
  /** Moves time and fires what falls due on the way, each at its moment. */
  pass(seconds: number): Promise<void>;
  /** The bot is away: time passes, and what fell due fires at the end of it. */
  away(seconds: number): Promise<void>;
  pages(states?: ReadonlyArray<Effect['state']>): Promise<PageRequest[]>;
  effects(states?: ReadonlyArray<Effect['state']>): Promise<Effect[]>;
  events(): Promise<StoredEvent[]>;
  types(): Promise<string[]>;
  state(): Promise<EscalationState | null>;
  /** Sends every wanted page by Slack. */
  sendAll(): Promise<void>;
  /** Pages of every means as `ana sms`, `contact:ops email`, in the order asked; only of these states. */
  asked(states?: ReadonlyArray<Effect['state']>): Promise<string[]>;
  /** Ends the newest open page of `ana dm`. */
  end(page: string, outcome: PageResult['outcome'], rest?: Partial<PageResult>): Promise<void>;
  /** The timeline's lines. */
  told(): Promise<string[]>;
  restart(): Promise<void>;
  /** Folds the events again, compares with the stored state, and removes the store. */
  close(): Promise<void>;
}

const ID = 'GI-1';

/** Monday 2026-11-23 10:00 in São Paulo: ana is primary, ben backup, and it is business time. */
export const MONDAY_TEN = Date.UTC(2026, 10, 23, 13, 0, 0);

/** Opens the room; `startAt` is the clock's first moment. */
export async function openEscalationRoom(
  options: { startAt?: number; config?: Config; means?: readonly Means[] } = {},
): Promise<EscalationRoom> {
  let store: TestJournal = await openTestJournal();
  store.clock.jumpTo(options.startAt ?? MONDAY_TEN);
  const { clock } = store;
  const config = testConfigSource(options.config ?? testConfig());
  let { escalation, metrics } = wire(store, config, options.means);
  let incident: IncidentState | null = null;
  const fire = () => fireDue(store, () => escalation);

  const room: EscalationRoom = {
    clock,
    config,
    get metrics() {
      return metrics;
    },
    get escalation() {
      return escalation;
    },
    journal: () => store.journal,
    path: () => store.path,
    move: async (change) => {
      const before = incident;
      const after = { ...(before ?? newIncident(clock.now())), ...change };
      await append(store, async () => {
        const row = await store.journal.aggregate<IncidentState>('incident', ID);
        const events = [{ type: 'incident.alerts-changed', v: 1, data: { firing: after.firing, ended: after.ended } }];
        const followed = await escalation.follow({ at: clock.now(), actor: 'auto', before, after, events });
        const own = {
          kind: 'incident',
          id: ID,
          expected: row?.version ?? 0,
          key: 'g',
          state: after,
          events,
          incident: ID,
        };
        return { at: clock.now(), actor: 'auto', ...followed, aggregates: [own, ...(followed.aggregates ?? [])] };
      });
      incident = after;
    },
    pass: async (seconds) => {
      const end = clock.now() + seconds * 1000;
      for (;;) {
        const next = await store.journal.nextTimerAt();
        if (next === null || next > end) break;
        clock.advance(Math.max(0, next - clock.now()));
        await fire();
      }
      clock.advance(end - clock.now());
    },
    away: async (seconds) => {
      clock.advance(seconds * 1000);
      await fire();
    },
    effects: (states) => store.journal.effects({ kinds: ['page'], incident: ID, ...(states ? { states } : {}) }),
    pages: async (states) => (await room.effects(states)).map(({ data }) => data as unknown as PageRequest),
    events: () => store.journal.eventsOf('escalation', ID),
    types: async () => (await room.events()).map(({ type }) => type),
    state: async () => (await store.journal.aggregate<EscalationState>('escalation', ID))?.state ?? null,
    sendAll: async () => {
      for (const effect of await room.effects(['wanted'])) {
        await store.journal.claim(effect.key, clock.now());
        const result = { outcome: 'sent', error: null, reference: 'C1/1.1', lateSeconds: 0 } as const;
        await append(store, async () => ({
          at: clock.now(),
          actor: 'auto',
          ...(await escalation.pageClosed(effect, result)),
        }));
      }
    },
    asked: async (states) => {
      const filter = { kinds: PAGE_KINDS, incident: ID, ...(states ? { states } : {}) };
      return (await store.journal.effects(filter)).map(nameOfPage);
    },
    end: async (page, outcome, rest = {}) => {
      const open = await store.journal.effects({ kinds: PAGE_KINDS, incident: ID, states: ['wanted', 'claimed'] });
      const effect = open.findLast((each) => nameOfPage(each) === page);
      if (effect === undefined) throw new Error(`no page ${page} is open: ${open.map(nameOfPage).join(', ')}`);
      await store.journal.claim(effect.key, clock.now());
      const result = { outcome, error: null, reference: null, lateSeconds: 0, ...rest };
      await append(store, async () => ({
        at: clock.now(),
        actor: 'auto',
        ...(await escalation.pageClosed(effect, result)),
      }));
    },
    told: async () => (await room.events()).flatMap((event) => escalation.describe(event, new Map()) ?? []),
    restart: async () => {
      store = await store.restart();
      ({ escalation, metrics } = wire(store, config, options.means));
    },
    close: async () => {
      await compareFolded(room);
      await store.remove();
    },
  };
  return room;
}

function wire(store: TestJournal, config: TestConfigSource, means: readonly Means[] | undefined) {
  const metrics = createMetricsRegistry();
  const available = means === undefined ? {} : { means: new Set(means) };
  const escalation = createEscalation({ journal: store.journal, config, logger: silentLogger, metrics, ...available });
  return { escalation, metrics };
}

/** `ana+marco thread`. */
export function nameOfPage({ data }: Effect): string {
  const { people, targets, means } = data as PageRequest;
  return `${[...people, ...targets].join('+')} ${means}`;
}

async function append(store: TestJournal, decide: () => Promise<Batch>): Promise<void> {
  const result = await store.journal.append(await decide());
  if (result.kind === 'conflict') throw new Error(`conflict on ${JSON.stringify(result.aggregate)}`);
}

async function fireDue(store: TestJournal, escalation: () => Escalation): Promise<void> {
  const now = store.clock.now();
  for (const timer of await store.journal.dueTimers(now, 100)) {
    const handler = escalation().timers[`${timer.kind}.${timer.purpose}` as keyof Escalation['timers']];
    const batch = await handler(timer, now);
    if (batch === null) throw new Error('a timer that nobody wants was left');
    await append(store, async () => batch);
  }
}

async function compareFolded(room: EscalationRoom): Promise<void> {
  let state: EscalationState | null = null;
  for (const event of await room.events()) state = escalationEvolvers.escalation(state, event);
  const stored = await room.state();
  if (JSON.stringify(state) !== JSON.stringify(stored)) {
    throw new Error(`folded ${JSON.stringify(state)} is not stored ${JSON.stringify(stored)}`);
  }
}

/** A P0 that has just opened, as the room moves it. */
export function newIncident(now: number): IncidentState {
  return {
    id: ID,
    status: 'firing',
    severity: 'P0',
    channel: 'ops',
    service: 'gianna',
    group: 'g',
    runbooks: [],
    policyContact: null,
    digest: false,
    about: 'none',
    openedAt: now,
    firing: 1,
    ended: 0,
    owner: null,
    acknowledgedAt: null,
    recoveredAt: null,
    resolvedAt: null,
    resolvedBy: null,
    closedAt: null,
    reopened: 0,
    previous: null,
  };
}
