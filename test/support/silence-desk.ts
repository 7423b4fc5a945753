import { describeIncidentEvent } from '../../src/alerts/describe.ts';
import { createAlertDesk } from '../../src/alerts/desk.ts';
import { incidentFact } from '../../src/alerts/incident-fact.ts';
import type { IncidentView } from '../../src/alerts/incident-view.ts';
import { parseMatchers } from '../../src/alerts/silences/matcher.ts';
import { createSilenceDesk, type SilenceDesk, type SilenceDeskDeps } from '../../src/alerts/silences/silence-desk.ts';
import type { MaySilence } from '../../src/alerts/silences/sources.ts';
import { timelineOf } from '../../src/alerts/timeline.ts';
import { viewIncident } from '../../src/alerts/views.ts';
import { evolvers } from '../../src/cli/evolvers.ts';
import type { Command, Outcome } from '../../src/core/command.ts';
import type { Config } from '../../src/core/config/config.ts';
import { createMetricsRegistry, type Registry } from '../../src/core/metrics.ts';
import { decideUntilAppended } from '../../src/journal/decide.ts';
import { createEffectRunner, type EffectRunner } from '../../src/journal/effects.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import { NOTICE, type Notice, readNotice } from '../../src/journal/notice.ts';
import type { Batch, InboxRow, Journal, Timer } from '../../src/journal/port.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { createEscalation, type Escalation } from '../../src/oncall/escalation.ts';
import type { PageRequest } from '../../src/oncall/page.ts';
import { createRunbookDoors, wideSilence } from '../../src/runbook-doors.ts';
import { createRunEngine, type RunEngine, type RunEngineDeps } from '../../src/runbooks/engine.ts';
import type { MayRun } from '../../src/runbooks/request.ts';
import type { MayApprove } from '../../src/runbooks/start-check.ts';
import { stillAgreed } from '../../src/runbooks/still-agreed.ts';
import { testConfig, testConfigSource } from './config.ts';
import { type FakeAlertmanager, startFakeAlertmanager } from './fake-alertmanager.ts';
import type { FakeClock } from './fake-clock.ts';
import { openTestJournal, silentLogger, type TestJournal } from './journal.ts';
import { noShells } from './no-doors.ts';
import { bytesOf, type PayloadAlert, type PayloadOptions, payload } from './payloads.ts';

/** Alerts, escalation and silences on a real store, with an Alertmanager on the same clock that stands still. */
export interface SilenceRoom {
  readonly clock: FakeClock;
  readonly alertmanager: FakeAlertmanager;
  readonly config: ReturnType<typeof testConfigSource>;
  may: MaySilence;
  journal(): Journal;
  /** The database file. */
  path(): string;
  desk(): SilenceDesk;
  deliver(alerts: PayloadAlert[], options?: PayloadOptions): Promise<void>;
  /** Decides a command as the drain does. */
  ask(verb: string, args: Command['args'], rest?: Partial<Command>): Promise<Outcome>;
  /** Asks for a silence in words. */
  silence(matchers: string, rest?: { seconds?: number; reason?: string } & Partial<Command>): Promise<Outcome>;
  /** Resolves when nothing is asked of Alertmanager any more. */
  settled(): Promise<void>;
  /** Looks at Alertmanager once, as every minute. */
  look(): Promise<void>;
  /** Moves time; every timer fires at its moment and Alertmanager answers what it is asked. */
  pass(seconds: number): Promise<void>;
  /** The process ends as told, and another begins on the same store. */
  restart(): Promise<void>;
  /** The process dies with whatever it does, and another begins on the same store. */
  crash(): Promise<void>;
  incident(id: string): Promise<IncidentView>;
  timeline(id: string): Promise<string[]>;
  notices(): Promise<Notice[]>;
  /** Pages asked for so far. */
  pages(): Promise<PageRequest[]>;
  metrics(): Promise<string>;
  /** `journal verify --state` on everything that happened, then removal. */
  close(): Promise<void>;
}

interface Wired {
  readonly store: TestJournal;
  readonly registry: Registry;
  readonly escalation: Escalation;
  readonly alerts: ReturnType<typeof createAlertDesk>;
  readonly silences: SilenceDesk;
  readonly effects: EffectRunner;
  readonly engine: RunEngine | null;
}

type EngineDeps = Pick<RunEngineDeps, 'journal' | 'config' | 'clock' | 'logger' | 'metrics'>;

/** What two people may do together; absent from a room: nobody can be asked. */
export interface SilenceRuns {
  /** The engine of this process. */
  engine(): RunEngine;
  /** May somebody ask, and agree? Changed by a test. */
  mayRun: MayRun;
  mayApprove: MayApprove;
}

/** Opens the room. `runs` is given the engine by which a second person agrees. */
export async function openSilenceRoom(
  config: Partial<Config> = {},
  runs: Partial<SilenceRuns> | null = null,
): Promise<SilenceRoom> {
  const store = await openTestJournal();
  const { clock } = store;
  const alertmanager = await startFakeAlertmanager(clock);
  const base = testConfig(config);
  const upstream = { urls: [alertmanager.url], auth: null, caFile: null };
  const source = testConfigSource({ ...base, routing: { ...base.routing, alertmanager: upstream } });
  let wired = await wire(store);
  let rows = 0;

  async function wire(at: TestJournal): Promise<Wired> {
    const { journal } = at;
    const registry = createMetricsRegistry();
    const shared = { journal, config: source, clock, logger: silentLogger, metrics: registry };
    const escalation = createEscalation(shared);
    const alerts = createAlertDesk({ ...shared, follow: escalation.follow });
    let engine: RunEngine | null = null;
    const silences = createSilenceDesk({
      ...shared,
      ...(runs === null ? {} : secondPersons(runs, () => engine)),
      changeIncident: alerts.change,
      maySilence: (actor, risk, channel) => room.may(actor, risk, channel),
      nameOf: (actor) => (actor === 'slack:U01ONCALL' ? 'Ana Souza' : actor),
    });
    engine = runs === null ? null : createEngine(shared, silences, runs);
    const executors = { silence: silences.executor, ...(engine === null ? {} : { run: engine.executor }) };
    const effects = createEffectRunner({ ...shared, metrics: createJournalMetrics(registry), executors });
    await effects.start();
    if (runs !== null) runs.engine = () => engine as RunEngine;
    return { store: at, registry, escalation, alerts, silences, effects, engine };
  }

  function secondPersons(given: Partial<SilenceRuns>, engine: () => RunEngine | null) {
    return {
      askSecond: async (command, asked) => (engine() as RunEngine).command(wideSilence(command, asked)),
      stillAgreed: (id) =>
        stillAgreed(id, { journal: journal(), config: source, ...rightsOf(given), incident: factOf }),
    } satisfies Partial<SilenceDeskDeps>;
  }
  function rightsOf({ mayRun, mayApprove }: Partial<SilenceRuns>): Pick<SilenceRuns, 'mayRun' | 'mayApprove'> {
    const may = async () => ({ allowed: true, reason: '' });
    return { mayRun: mayRun ?? may, mayApprove: mayApprove ?? may };
  }
  async function factOf(id: string) {
    return incidentFact(await viewIncident(journal(), id));
  }

  function createEngine(shared: EngineDeps, silences: SilenceDesk, given: Partial<SilenceRuns>): RunEngine {
    const { doors } = createRunbookDoors({
      ...shared,
      silences: () => silences.ask,
      shellOf: noShells,
      peers: () => [],
      nameOf: (actor) => (actor === 'slack:U01ONCALL' ? 'Ana Souza' : actor),
      submit: async (_key, { verb, args, ...rest }) => {
        const outcome = room.ask(verb, args, rest);
        return { duplicate: false, outcome };
      },
    });
    return createRunEngine({
      ...shared,
      driverOf: () => {
        throw new Error('no driver');
      },
      shellOf: noShells,
      doors,
      runProbes: async () => [],
      mayRun: async (...asked) => rightsOf(given).mayRun(...asked),
      mayApprove: async (...asked) => rightsOf(given).mayApprove(...asked),
      incident: factOf,
      secretOf: () => '',
      redact: (text) => text,
    });
  }
  const journal = () => wired.store.journal;
  const append = (decide: () => Promise<Batch | null>) => decideUntilAppended(journal(), decide);

  async function fireDue(): Promise<void> {
    for (const timer of await journal().dueTimers(clock.now(), 20)) {
      await append(async () => {
        const batch = (await handlerOf(timer)?.(timer, clock.now())) ?? { at: clock.now(), actor: 'auto' };
        const ends = (batch.timers ?? []).some(
          ({ kind, id, purpose }) =>
            kind === timer.kind && id === timer.id && (purpose ?? timer.purpose) === timer.purpose,
        );
        const { kind, id, purpose } = timer;
        return ends ? batch : { ...batch, timers: [...(batch.timers ?? []), { op: 'cancel', kind, id, purpose }] };
      });
    }
  }
  function handlerOf({ kind, purpose }: Timer) {
    const handlers: Readonly<Record<string, (timer: Timer, now: number) => Promise<Batch | null>>> = {
      ...wired.alerts.timers,
      ...wired.escalation.timers,
      ...wired.silences.timers,
      ...wired.engine?.timers,
    };
    return handlers[`${kind}.${purpose}`];
  }
  async function settled(): Promise<void> {
    await wired.effects.idle();
    await wired.silences.bringUpToDate();
  }

  const room: SilenceRoom = {
    clock,
    alertmanager,
    config: source,
    may: async () => ({ allowed: true, reason: '' }),
    journal,
    path: () => wired.store.path,
    desk: () => wired.silences,
    deliver: async (list, options) => {
      rows += 1;
      const body = bytesOf(payload(list, options));
      const row = { lane: 'machines', source: 'alertmanager', key: `w${rows}`, receivedAt: clock.now(), body } as const;
      const { id } = await journal().put(row);
      const stored: InboxRow = { ...row, id, tries: 0, state: 'waiting', error: null };
      await append(async () => ({
        at: clock.now(),
        actor: 'auto',
        ...(await wired.alerts.receive([stored])).batch,
        done: [id],
      }));
      await wired.silences.bringUpToDate();
    },
    ask: async (verb, args, rest = {}) => {
      const base = { v: 1, verb, by: 'slack:U01ONCALL', at: clock.now(), via: 'modal', args } as const;
      let outcome: Outcome = { kind: 'done', text: '' };
      await append(async () => {
        const isOurs = ['silence', 'silence-extend', 'lift'].includes(verb);
        const ofRun = rest.run !== undefined && wired.engine !== null ? wired.engine.command : null;
        const decide = ofRun ?? (isOurs ? wired.silences.command : wired.alerts.command);
        const decision = await decide({ ...base, ...rest });
        outcome = decision.outcome;
        return decision.batch;
      });
      return outcome;
    },
    silence: (text, { seconds = 3600, reason = 'a known cause', ...rest } = {}) => {
      const read = parseMatchers(text);
      if (read.kind === 'wrong') throw new Error(read.text);
      return room.ask('silence', { matchers: read.matchers.map((each) => ({ ...each })), seconds, reason }, rest);
    },
    settled,
    look: async () => {
      await wired.silences.lookOnce();
      await wired.silences.bringUpToDate();
    },
    pass: async (seconds) => {
      const end = clock.now() + seconds * 1000;
      for (;;) {
        const next = await journal().nextTimerAt();
        if (next === null || next > end) break;
        clock.advance(Math.max(0, next - clock.now()));
        await fireDue();
        await settled();
      }
      clock.advance(end - clock.now());
      await settled();
    },
    restart: async () => {
      await wired.silences.stop();
      await wired.effects.stop();
      wired = await wire(await wired.store.restart());
    },
    crash: async () => {
      await wired.silences.stop();
      wired = await wire(await wired.store.restart());
    },
    incident: async (id) => {
      const view = await viewIncident(journal(), id);
      if (view === null) throw new Error(`no ${id}`);
      return view;
    },
    timeline: async (id) => {
      const entries = await timelineOf(journal(), id, [describeIncidentEvent, wired.silences.describe]);
      return entries.map(({ by, text }) => `${by}: ${text}`);
    },
    notices: async () => {
      const asked = await journal().effects({ kinds: [NOTICE] });
      const notices = await Promise.all(asked.map((effect) => readNotice(journal(), effect)));
      return notices.filter((notice) => notice !== null);
    },
    pages: async () => (await journal().effects({ kinds: ['page'] })).map(({ data }) => data as PageRequest),
    metrics: () => wired.registry.metrics(),
    close: async () => {
      await wired.silences.stop();
      await wired.effects.stop();
      const verified = await verifyJournal({ path: wired.store.path, evolvers });
      await wired.store.remove();
      await alertmanager.stop();
      if (!verified.ok) throw new Error(`journal does not verify: ${JSON.stringify(verified)}`);
    },
  };
  return room;
}
