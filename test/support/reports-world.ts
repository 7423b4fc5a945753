import type { TimelineEntry } from '../../src/alerts/change.ts';
import { describeIncidentEvent } from '../../src/alerts/describe.ts';
import { createAlertDesk } from '../../src/alerts/desk.ts';
import type { IncidentView } from '../../src/alerts/incident-view.ts';
import { GONE } from '../../src/alerts/sources.ts';
import { timelineOf } from '../../src/alerts/timeline.ts';
import { viewIncident } from '../../src/alerts/views.ts';
import type { Actor, Command } from '../../src/core/command.ts';
import type { Config } from '../../src/core/config/config.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { createMetricsRegistry, type Registry } from '../../src/core/metrics.ts';
import { decideUntilAppended } from '../../src/journal/decide.ts';
import { createEffectRunner } from '../../src/journal/effects.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import { NOTICE, type Notice, readNotice } from '../../src/journal/notice.ts';
import type { Journal } from '../../src/journal/port.ts';
import { createSlots, slotEvolvers } from '../../src/journal/slots.ts';
import { COMMAND_SOURCE } from '../../src/journal/submit.ts';
import { createTimerLoop } from '../../src/journal/timers.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { createEscalation, escalationEvolvers } from '../../src/oncall/escalation.ts';
import type { DigestSilence } from '../../src/oncall/reports/daily-digest.ts';
import { measureNumbers } from '../../src/oncall/reports/metrics.ts';
import { createReports } from '../../src/oncall/reports/reports.ts';
import { isFix } from '../../src/runbooks/fixes.ts';
import { type TestConfigSource, testConfigSource, withoutAckClock } from './config.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { openTestJournal, silentLogger, type TestJournal } from './journal.ts';
import { bytesOf, type PayloadAlert, type PayloadOptions, payload } from './payloads.ts';

const ANA: Actor = 'slack:U01ONCALL';

/** Alerts, escalation and reports on a real journal under one fake clock; pages are sent the moment they are asked for. */
export interface ReportsWorld {
  readonly clock: FakeClock;
  readonly config: TestConfigSource;
  journal(): Journal;
  /** The database file. */
  path(): string;
  registry(): Registry;
  silences: readonly DigestSilence[] | null;
  deliver(alerts: PayloadAlert[], options?: PayloadOptions): Promise<void>;
  /** The same for the body of another webhook. */
  post(source: 'grafana' | 'event', body: unknown): Promise<void>;
  ask(verb: string, incident: string | null, args?: JsonObject): Promise<void>;
  /** Alertmanager, asked, no longer has these alerts. */
  gone(fingerprints: readonly string[]): Promise<void>;
  /** Moves the clock to `at`, carrying out every timer at its moment and every effect after it. */
  passTo(at: number): Promise<void>;
  /** The process is not there until `at`: nothing is carried out meanwhile. It starts again then. */
  awayUntil(at: number): Promise<void>;
  /** A changed configuration comes into force. */
  reload(config: Config): Promise<void>;
  notices(): Promise<ReadonlyArray<Notice & { readonly key: string; readonly askedAt: number }>>;
  incident(id: string): Promise<IncidentView | null>;
  timeline(id: string): Promise<readonly TimelineEntry[]>;
  /** `journal verify --state`, then removal. */
  close(): Promise<void>;
}

export async function openReportsWorld(options: { startAt: number; config?: Config }): Promise<ReportsWorld> {
  const clock = createFakeClock(options.startAt);
  const config = testConfigSource(options.config ?? withoutAckClock());
  let test: TestJournal = await openTestJournal({ clock });
  let rows = 0;

  function build() {
    const { journal } = test;
    const registry = createMetricsRegistry();
    const journalMetrics = createJournalMetrics(createMetricsRegistry());
    const common = { journal, config, clock, logger: silentLogger };
    const escalation = createEscalation({ ...common, metrics: createMetricsRegistry() });
    const desk = createAlertDesk({ ...common, metrics: createMetricsRegistry(), follow: escalation.follow });
    const reports = createReports({ ...common, silences: async () => world.silences, isFix });
    const slots = createSlots({ journal, clock, jobs: reports.jobs });
    const handlers = { ...desk.timers, ...escalation.timers, ...slots.timers };
    const timers = createTimerLoop({ ...common, handlers, metrics: journalMetrics });
    const executors = { report: reports.executor };
    const effects = createEffectRunner({ ...common, executors, metrics: journalMetrics });
    const unmeasure = measureNumbers({ ...common, metrics: registry, isFix });
    return { escalation, desk, slots, timers, effects, registry, unmeasure };
  }
  let parts = build();
  await parts.slots.arm();
  await parts.effects.start();

  async function settle(): Promise<void> {
    for (const effect of await test.journal.effects({ kinds: ['page'], states: ['wanted'] })) {
      await test.journal.claim(effect.key, clock.now());
      const result = { outcome: 'sent', error: null, reference: null, lateSeconds: 0 } as const;
      await decideUntilAppended(test.journal, async () => {
        return { at: clock.now(), actor: 'auto', ...(await parts.escalation.pageClosed(effect, result)) };
      });
    }
    await parts.effects.idle();
  }
  async function take(source: string, content: unknown): Promise<void> {
    rows += 1;
    const row = { lane: 'machines', source, key: `w${rows}`, receivedAt: clock.now() } as const;
    const body = bytesOf(content);
    const { id } = await test.journal.put({ ...row, body });
    const stored = { ...row, body, id, tries: 0, state: 'waiting', error: null } as const;
    await decideUntilAppended(test.journal, async () => {
      const { batch } = await parts.desk.receive([stored]);
      return { ...(batch ?? { at: clock.now(), actor: 'auto' }), done: [id] };
    });
    await settle();
  }
  async function stopParts(): Promise<void> {
    await parts.effects.stop();
    parts.unmeasure();
    parts.escalation.stop();
  }

  const world: ReportsWorld = {
    clock,
    config,
    silences: [],
    journal: () => test.journal,
    path: () => test.path,
    registry: () => parts.registry,
    deliver: (alerts, more) => take('alertmanager', payload(alerts, more)),
    post: take,
    gone: async (fingerprints) => {
      const known = await test.journal.latestOccurrences(fingerprints);
      const gone = [...known.values()].map(({ incident, fingerprint, startsAt }) => {
        return { incident, fingerprint, startsAt, endsAt: clock.now(), since: clock.now() };
      });
      rows += 1;
      const row = { lane: 'machines', source: GONE, key: `g${rows}`, receivedAt: clock.now() } as const;
      const body = bytesOf({ v: 1, gone });
      const { id } = await test.journal.put({ ...row, body });
      const stored = { ...row, body, id, tries: 0, state: 'waiting', error: null } as const;
      await decideUntilAppended(test.journal, async () => {
        const { batch } = await parts.desk.endGone(stored);
        return { ...(batch ?? { at: clock.now(), actor: 'auto' }), done: [id] };
      });
      await settle();
    },
    ask: async (verb, incident, args = {}) => {
      const about = incident === null ? {} : { incident };
      const command: Command = { v: 1, verb, by: ANA, at: clock.now(), via: 'button', args, ...about };
      rows += 1;
      const row = { lane: 'people', source: COMMAND_SOURCE, key: `c${rows}`, receivedAt: clock.now() } as const;
      const { id } = await test.journal.put({ ...row, body: bytesOf(command) });
      await decideUntilAppended(test.journal, async () => {
        const { batch } = await parts.desk.command(command);
        return { ...(batch ?? { at: clock.now(), actor: 'auto' }), done: [id] };
      });
      await settle();
    },
    passTo: async (at) => {
      for (;;) {
        const next = await test.journal.nextTimerAt();
        if (next === null || next > at) break;
        clock.advance(Math.max(0, next - clock.now()));
        await parts.timers.runDue();
        await settle();
      }
      clock.advance(Math.max(0, at - clock.now()));
    },
    awayUntil: async (at) => {
      await stopParts();
      clock.advance(Math.max(0, at - clock.now()));
      test = await test.restart();
      parts = build();
      await parts.slots.arm();
      await parts.effects.start();
      await parts.timers.runDue();
      await settle();
    },
    reload: async (next) => {
      config.swap(next);
      await parts.slots.arm();
    },
    notices: async () => {
      const effects = await test.journal.effects({ kinds: [NOTICE] });
      return Promise.all(
        effects.map(async (effect) => {
          const notice = await readNotice(test.journal, effect);
          if (notice === null) throw new Error(`no words in ${effect.key}`);
          return { ...notice, key: effect.key, askedAt: effect.askedAt };
        }),
      );
    },
    incident: (id) => viewIncident(test.journal, id),
    timeline: (id) => timelineOf(test.journal, id, [describeIncidentEvent, parts.escalation.describe]),
    close: async () => {
      await stopParts();
      const evolvers = { ...parts.desk.evolvers, ...escalationEvolvers, ...slotEvolvers };
      const verified = await verifyJournal({ path: test.path, evolvers });
      await test.remove();
      if (!verified.ok) throw new Error(`journal does not verify: ${JSON.stringify(verified)}`);
    },
  };
  return world;
}
