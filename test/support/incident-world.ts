import type { TimelineEntry } from '../../src/alerts/change.ts';
import { describeIncidentEvent } from '../../src/alerts/describe.ts';
import { type AlertDesk, createAlertDesk } from '../../src/alerts/desk.ts';
import type { IncidentView } from '../../src/alerts/incident-view.ts';
import { timelineOf } from '../../src/alerts/timeline.ts';
import { viewIncident } from '../../src/alerts/views.ts';
import { evolvers } from '../../src/cli/evolvers.ts';
import type { Command } from '../../src/core/command.ts';
import type { Config } from '../../src/core/config/config.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { decideUntilAppended } from '../../src/journal/decide.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import type { Batch, InboxRow, Journal } from '../../src/journal/port.ts';
import { createTimerLoop, type TimerLoop } from '../../src/journal/timers.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { createEscalation, type Escalation } from '../../src/oncall/escalation.ts';
import type { PageRequest } from '../../src/oncall/page.ts';
import { type TestConfigSource, testConfig, testConfigSource } from './config.ts';
import type { FakeClock } from './fake-clock.ts';
import { openTestJournal, type TestJournal } from './journal.ts';
import { bytesOf, type PayloadAlert, type PayloadOptions, payload } from './payloads.ts';

/** Alerts, escalation and timers together as app.ts wires them, on a real journal and a clock that stands still. */
export interface IncidentWorld {
  readonly journal: Journal;
  readonly clock: FakeClock;
  readonly config: TestConfigSource;
  readonly desk: AlertDesk;
  readonly escalation: Escalation;
  readonly timers: TimerLoop;
  /** Stores a payload and decides it, as the drain does. */
  deliver(alerts: PayloadAlert[], options?: PayloadOptions): Promise<void>;
  /** Payloads that wait behind each other: decided together as far as that goes, in their order. */
  deliverTogether(...payloads: readonly Told[]): Promise<void>;
  /** What a person asks for, and what came of it. */
  ask(verb: string, incident: string | null, args?: Command['args'], by?: Command['by']): Promise<Answer>;
  /** Moves the clock, carrying out every timer when it is due. */
  pass(ms: number): Promise<void>;
  incident(id: string): Promise<IncidentView>;
  /** `level/round:means` of the pages that are wanted now. */
  wanted(id: string): Promise<string[]>;
  /** Sends what is wanted; resolves with how many pages that were. */
  sendAll(): Promise<number>;
  /** Words of the timeline, oldest first. */
  texts(id: string): Promise<string[]>;
  /** When the next page of the incident is due; null: none is. */
  nextPageAt(id: string): Promise<number | null>;
  timersOf(id: string): Promise<string[]>;
  /** `journal verify --state` on everything that happened, then removal. */
  close(): Promise<void>;
}

type Told = readonly [alerts: PayloadAlert[], options?: PayloadOptions];

export interface Answer {
  readonly kind: string;
  readonly text: string;
  readonly code?: string;
  readonly remedy?: string;
  readonly incident?: string;
}

/** Ana, who is on call. */
export const ANA = 'slack:U01ONCALL';

export async function openIncidentWorld(options: { config?: Config } = {}): Promise<IncidentWorld> {
  const store = await openTestJournal();
  const { journal, clock } = store;
  const config = testConfigSource(options.config ?? testConfig());
  const { desk, escalation, timers } = wire(store, config);
  let rows = 0;

  async function put(alerts: PayloadAlert[], more: PayloadOptions | undefined): Promise<InboxRow> {
    rows += 1;
    const body = bytesOf(payload(alerts, more));
    const row = { lane: 'machines', source: 'alertmanager', key: `w${rows}`, receivedAt: clock.now(), body } as const;
    const { id } = await journal.put(row);
    return { ...row, id, tries: 0, state: 'waiting', error: null };
  }
  async function deliverTogether(...payloads: readonly Told[]): Promise<void> {
    let waiting: InboxRow[] = [];
    for (const [alerts, more] of payloads) waiting.push(await put(alerts, more));
    while (waiting.length > 0) {
      let count = 0;
      await decideUntilAppended(journal, async () => {
        const { batch, taken } = await desk.receive(waiting);
        count = taken;
        return { ...(batch ?? { at: clock.now(), actor: 'auto' }), done: waiting.slice(0, taken).map(({ id }) => id) };
      });
      waiting = waiting.slice(count);
    }
  }

  const describers = [describeIncidentEvent, escalation.describe];
  const timeline = (id: string): Promise<TimelineEntry[]> => timelineOf(journal, id, describers);
  return {
    journal,
    clock,
    config,
    desk,
    escalation,
    timers,
    deliver: (alerts, more) => deliverTogether([alerts, more ?? {}]),
    deliverTogether,
    ask: async (verb, incident, args = {}, by = ANA) => {
      const about = incident === null ? {} : { incident };
      const command: Command = { v: 1, verb, by, at: clock.now(), via: 'slash', args, ...about };
      let answer: Answer | null = null;
      await decideUntilAppended(journal, async (): Promise<Batch | null> => {
        const { batch, outcome } = await desk.command(command);
        answer = outcome;
        return batch;
      });
      return answer ?? { kind: 'none', text: '' };
    },
    pass: async (ms) => {
      const end = clock.now() + ms;
      for (let next = await journal.nextTimerAt(); next !== null && next <= end; next = await journal.nextTimerAt()) {
        clock.advance(Math.max(0, next - clock.now()));
        await timers.runDue();
      }
      clock.advance(end - clock.now());
    },
    incident: async (id) => {
      const view = await viewIncident(journal, id);
      if (view === null) throw new Error(`no ${id}`);
      return view;
    },
    wanted: async (id) => {
      const pages = await journal.effects({ kinds: ['page'], states: ['wanted'], incident: id });
      return pages.map(({ data }) => pageName(data as PageRequest)).sort();
    },
    sendAll: async () => {
      const pages = await journal.effects({ kinds: ['page'], states: ['wanted'] });
      for (const page of pages) {
        await journal.claim(page.key, clock.now());
        const result = { outcome: 'sent', error: null, reference: 'C1/1.1', lateSeconds: 0 } as const;
        await decideUntilAppended(journal, async () => {
          return { at: clock.now(), actor: 'auto', ...(await escalation.pageClosed(page, result)) };
        });
      }
      return pages.length;
    },
    texts: async (id) => (await timeline(id)).map(({ text }) => text),
    nextPageAt: async (id) => (await escalation.viewOf(id))?.nextAt ?? null,
    timersOf: async (id) => (await journal.timersOf('incident', id)).map(({ purpose }) => purpose).sort(),
    close: async () => {
      const verified = await verifyJournal({ path: store.path, evolvers });
      await store.remove();
      if (!verified.ok) throw new Error(`journal does not verify: ${JSON.stringify(verified)}`);
    },
  };
}

function wire({ journal, clock, logger }: TestJournal, config: TestConfigSource) {
  const metrics = createMetricsRegistry();
  const escalation = createEscalation({ journal, config, logger, metrics });
  const desk = createAlertDesk({ journal, config, clock, logger, metrics, follow: escalation.follow });
  const handlers = { ...desk.timers, ...escalation.timers };
  const timers = createTimerLoop({ journal, clock, logger, handlers, metrics: createJournalMetrics(metrics) });
  return { escalation, desk, timers };
}

function pageName({ level, round, means }: PageRequest): string {
  return `${level}/${round}:${means}`;
}
