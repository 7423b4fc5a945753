import type { FollowIncident, TimelineEntry } from '../../src/alerts/change.ts';
import { describeIncidentEvent } from '../../src/alerts/describe.ts';
import { createAlertDesk } from '../../src/alerts/desk.ts';
import type { IncidentView } from '../../src/alerts/incident-view.ts';
import { timelineOf } from '../../src/alerts/timeline.ts';
import { listIncidents, viewIncident } from '../../src/alerts/views.ts';
import type { Command } from '../../src/core/command.ts';
import type { Config } from '../../src/core/config/config.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import type { Batch, InboxRow, Journal } from '../../src/journal/port.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { testConfig, testConfigSource } from './config.ts';
import type { FakeClock } from './fake-clock.ts';
import { openTestJournal, silentLogger } from './journal.ts';
import { bytesOf, type PayloadAlert, type PayloadOptions, payload } from './payloads.ts';

export interface TestDesk {
  readonly journal: Journal;
  readonly clock: FakeClock;
  readonly config: ReturnType<typeof testConfigSource>;
  /** Stores a payload and decides it, as the drain does. Resolves with the batch that was appended. */
  deliver(alerts: PayloadAlert[], options?: PayloadOptions): Promise<Batch | null>;
  deliverBody(body: unknown): Promise<Batch | null>;
  ask(verb: string, incident: string, rest?: Partial<Command>): Promise<{ kind: string; code?: string; text: string }>;
  /** Moves the clock, carrying out every timer when it is due. */
  pass(ms: number): Promise<void>;
  incident(id: string): Promise<IncidentView>;
  incidents(): Promise<IncidentView[]>;
  timeline(id: string): Promise<TimelineEntry[]>;
  timers(id: string): Promise<string[]>;
  metrics(): Promise<string>;
  diagnosed(id: string, checks: object[]): Promise<void>;
  /** `journal verify --state` on everything that happened, then removal. */
  verifyAndRemove(): Promise<void>;
}

const NOBODY: FollowIncident = async () => ({});

/** The alerts room on a real SQLite journal with a clock that stands still. */
export async function openTestDesk(options: { config?: Config; follow?: FollowIncident } = {}): Promise<TestDesk> {
  const { journal, clock, path, remove } = await openTestJournal();
  const config = testConfigSource(options.config ?? testConfig());
  const registry = createMetricsRegistry();
  const follow = options.follow ?? NOBODY;
  const desk = createAlertDesk({ journal, config, clock, logger: silentLogger, metrics: registry, follow });
  let rows = 0;

  async function append(batch: Batch | null, done: number[]): Promise<Batch | null> {
    const appended = await journal.append({ ...(batch ?? { at: clock.now(), actor: 'auto' }), done });
    if (appended.kind === 'conflict') throw new Error(`conflict on ${appended.aggregate.id}`);
    return batch;
  }
  async function deliverBody(body: unknown): Promise<Batch | null> {
    rows += 1;
    const row = { lane: 'machines', source: 'alertmanager', key: `w${rows}`, receivedAt: clock.now() } as const;
    const { id } = await journal.put({ ...row, body: bytesOf(body) });
    const stored: InboxRow = { ...row, body: bytesOf(body), id, tries: 0, state: 'waiting', error: null };
    return append((await desk.receive([stored])).batch, [id]);
  }
  async function fireDue(): Promise<void> {
    for (const timer of await journal.dueTimers(clock.now(), 10)) {
      const handler = Object.entries(desk.timers).find(([name]) => name === `${timer.kind}.${timer.purpose}`)?.[1];
      const batch = await handler?.(timer, clock.now());
      await append(batch ?? { at: clock.now(), actor: 'auto', timers: [{ op: 'cancel', ...timer }] }, []);
    }
  }
  return {
    journal,
    clock,
    config,
    deliverBody,
    deliver: (alerts, more) => deliverBody(payload(alerts, more)),
    ask: async (verb, incident, rest = {}) => {
      const command: Command = {
        v: 1,
        verb,
        by: 'slack:U01ONCALL',
        at: clock.now(),
        via: 'cli',
        incident,
        args: {},
        ...rest,
      };
      const { batch, outcome } = await desk.command(command);
      if (batch !== null) await append(batch, []);
      return outcome;
    },
    pass: async (ms) => {
      const end = clock.now() + ms;
      for (let next = await journal.nextTimerAt(); next !== null && next <= end; next = await journal.nextTimerAt()) {
        clock.advance(Math.max(0, next - clock.now()));
        await fireDue();
      }
      clock.advance(end - clock.now());
    },
    incident: async (id) => {
      const view = await viewIncident(journal, id);
      if (view === null) throw new Error(`no ${id}`);
      return view;
    },
    incidents: () => listIncidents(journal, { now: clock.now(), all: true }),
    timeline: (id) => timelineOf(journal, id, [describeIncidentEvent]),
    timers: async (id) => (await journal.timersOf('incident', id)).map((timer) => timer.purpose).sort(),
    metrics: () => registry.metrics(),
    diagnosed: async (id, checks) => {
      await append(await desk.recordDiagnosis(id, JSON.stringify(checks), 'auto'), []);
    },
    verifyAndRemove: async () => {
      const verified = await verifyJournal({ path, evolvers: desk.evolvers });
      await remove();
      if (!verified.ok) throw new Error(`journal does not verify: ${JSON.stringify(verified)}`);
    },
  };
}
