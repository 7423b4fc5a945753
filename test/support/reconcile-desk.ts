import { describeIncidentEvent } from '../../src/alerts/describe.ts';
import { createAlertDesk } from '../../src/alerts/desk.ts';
import type { HostKeyAlarm } from '../../src/alerts/host-key-alarm.ts';
import type { IncidentView } from '../../src/alerts/incident-view.ts';
import { createReconciler, type Reconciler } from '../../src/alerts/reconcile.ts';
import { timelineOf } from '../../src/alerts/timeline.ts';
import { listIncidents } from '../../src/alerts/views.ts';
import type { Config } from '../../src/core/config/config.ts';
import { createGrowingIds } from '../../src/core/ids.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { createDrain } from '../../src/journal/drain.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import type { Journal } from '../../src/journal/port.ts';
import { createTimerLoop } from '../../src/journal/timers.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { type AlertmanagerStandIn, type HeldAlert, startAlertmanagerStandIn } from './alertmanager-stand-in.ts';
import { testConfig, testConfigSource } from './config.ts';
import type { FakeClock } from './fake-clock.ts';
import { openTestJournal, silentLogger } from './journal.ts';
import { bytesOf, type PayloadAlert, type PayloadOptions, payload } from './payloads.ts';

/** The alerts room with its inbox worked off and Alertmanager asked, on a clock that stands still. */
export interface ReconcileDesk {
  readonly clock: FakeClock;
  readonly alertmanager: AlertmanagerStandIn;
  readonly journal: () => Journal;
  readonly reconciler: () => Reconciler;
  readonly hostKeys: () => HostKeyAlarm;
  deliver(alerts: PayloadAlert[], options?: PayloadOptions): Promise<void>;
  /** The same, sent by Grafana. */
  deliverFromGrafana(alerts: PayloadAlert[]): Promise<void>;
  /** Ends the process and starts it anew after a while. */
  restart(afterMs: number): Promise<void>;
  /** Lets time pass in steps, each look at Alertmanager done before the next. */
  pass(ms: number): Promise<void>;
  incidents(): Promise<IncidentView[]>;
  timeline(id: string): Promise<string[]>;
  metrics(): Promise<string>;
  configure(config: Config): void;
  verifyAndRemove(): Promise<void>;
}

const STEP_MS = 5_000;

/** Alertmanager's clock is the desk's. `routing` is laid over the test's. */
export async function openReconcileDesk(routing: Partial<Config['routing']> = {}): Promise<ReconcileDesk> {
  let test = await openTestJournal();
  const { clock } = test;
  const alertmanager = await startAlertmanagerStandIn(clock.now);
  const base = testConfig();
  const upstream = { urls: [alertmanager.url], auth: null, caFile: null };
  const config = testConfigSource({ ...base, routing: { ...base.routing, alertmanager: upstream, ...routing } });
  const nextKey = createGrowingIds(clock.now());
  let sent = 0;

  function build() {
    const registry = createMetricsRegistry();
    const common = { journal: test.journal, config, clock, logger: silentLogger };
    const desk = createAlertDesk({
      ...common,
      metrics: registry,
      follow: async () => ({}),
      doubt: () => reconciler.wake(),
    });
    const metrics = createJournalMetrics(createMetricsRegistry());
    const drain = createDrain({
      ...common,
      metrics,
      groups: { alertmanager: desk.receive, reconcile: desk.receive, grafana: desk.receive },
      handlers: { 'reconcile-gone': desk.endGone },
    });
    const timers = createTimerLoop({ ...common, metrics, handlers: desk.timers });
    const reconciler = createReconciler({ ...common, metrics: registry, nextKey, decided: drain.outcomeOf });
    drain.start();
    return { desk, drain, timers, reconciler, registry };
  }
  let parts = build();

  async function stop(): Promise<void> {
    await parts.reconciler.stop();
    await parts.drain.stop();
    await parts.timers.stop();
  }
  /** Every look that has begun is over, and what it found is decided. */
  async function settle(): Promise<void> {
    await parts.reconciler.idle();
    await parts.drain.idle();
  }
  async function deliverFrom(source: string, body: unknown): Promise<void> {
    sent += 1;
    const row = { lane: 'machines', source, key: `w${sent}`, receivedAt: clock.now() } as const;
    await test.journal.put({ ...row, body: bytesOf(body) });
    await parts.drain.idle();
  }
  return {
    clock,
    alertmanager,
    journal: () => test.journal,
    reconciler: () => parts.reconciler,
    hostKeys: () => parts.desk.hostKeys,
    deliver: (alerts, options) => deliverFrom('alertmanager', payload(alerts, options)),
    deliverFromGrafana: (alerts) => deliverFrom('grafana', { ...payload(alerts), version: '1', orgId: 1 }),
    restart: async (afterMs) => {
      await stop();
      test = await test.restart();
      clock.advance(afterMs);
      parts = build();
      await parts.reconciler.start();
      await parts.desk.armWatchdog();
      await settle();
    },
    pass: async (ms) => {
      const end = clock.now() + ms;
      while (clock.now() < end) {
        clock.advance(Math.min(STEP_MS, end - clock.now()));
        await settle();
        await parts.timers.runDue();
      }
    },
    incidents: () => listIncidents(test.journal, { now: clock.now(), all: true }),
    timeline: async (id) => (await timelineOf(test.journal, id, [describeIncidentEvent])).map(({ text }) => text),
    metrics: () => parts.registry.metrics(),
    configure: (next) => config.swap(next),
    verifyAndRemove: async () => {
      await stop();
      const verified = await verifyJournal({ path: test.path, evolvers: parts.desk.evolvers });
      await test.remove();
      await alertmanager.stop();
      if (!verified.ok) throw new Error(`journal does not verify: ${JSON.stringify(verified)}`);
    },
  };
}

/** The same alert as a delivery and as Alertmanager holds it. */
export function twin(alertname: string, startsAt: number, more: Partial<HeldAlert> = {}) {
  const labels = { alertname, severity: 'warning', component: 'application' };
  const fingerprint = `f-${alertname}`;
  return { delivered: { fingerprint, labels, startsAt }, held: { fingerprint, labels, startsAt, ...more } };
}
