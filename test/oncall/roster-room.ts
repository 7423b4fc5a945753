import { type AlertDesk, createAlertDesk } from '../../src/alerts/desk.ts';
import { evolvers } from '../../src/cli/evolvers.ts';
import type { Command, Outcome } from '../../src/core/command.ts';
import type { Config } from '../../src/core/config/config.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { decideUntilAppended } from '../../src/journal/decide.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import type { Batch, InboxRow, Journal } from '../../src/journal/port.ts';
import { createTimerLoop, type TimerLoop } from '../../src/journal/timers.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { createEscalation } from '../../src/oncall/escalation.ts';
import { createOverrides } from '../../src/oncall/overrides/overrides.ts';
import type { PageRequest } from '../../src/oncall/page.ts';
import type { CommandDecision } from '../../src/oncall/part.ts';
import { createRoster, type Roster } from '../../src/oncall/roster.ts';
import { peopleOnCall } from '../../src/oncall/schedule.ts';
import { type TestConfigSource, testConfig, testConfigSource } from '../support/config.ts';
import type { FakeClock } from '../support/fake-clock.ts';
import { openTestJournal, type TestJournal } from '../support/journal.ts';
import { bytesOf, payload } from '../support/payloads.ts';

/** Alerts, escalation and what people lay over the schedules, on a real journal and a clock that stands still. */
export interface RosterRoom {
  readonly clock: FakeClock;
  readonly config: TestConfigSource;
  readonly roster: Roster;
  readonly metrics: () => Promise<string>;
  readonly path: string;
  journal(): Journal;
  /** Ana's, when nothing else is said. */
  ask(verb: string, args: Command['args'], by?: Command['by']): Promise<Outcome>;
  /** Decides a command on what is there; the batch is not appended yet. */
  decide(command: Command): Promise<CommandDecision>;
  /** Opens GI-1, a P0. */
  fire(): Promise<void>;
  /** Moves the clock, carrying out every timer when it is due. */
  pass(seconds: number): Promise<void>;
  onCall(schedule: string): readonly string[];
  /** `level people` of every page asked for in GI-1, by the thread. */
  paged(): Promise<string[]>;
  restart(): Promise<void>;
  /** `journal verify --state` on everything that happened, then removal. */
  close(): Promise<void>;
}

/** Monday 2026-11-23 10:00 in São Paulo: ana is primary, ben backup, until a week later at 09:00. */
export const MONDAY_TEN = Date.UTC(2026, 10, 23, 13, 0, 0);

export async function openRosterRoom(startAt = MONDAY_TEN, base: Config = testConfig()): Promise<RosterRoom> {
  let store = await openTestJournal();
  store.clock.jumpTo(startAt);
  const { clock, path } = store;
  const config = testConfigSource(base);
  let room = await wire(store, config);
  return {
    clock,
    config,
    path,
    get roster() {
      return room.roster;
    },
    metrics: () => room.metrics.metrics(),
    journal: () => store.journal,
    ask: async (verb, args, by = 'slack:U01ONCALL') => {
      let outcome: Outcome | null = null;
      await decideUntilAppended(store.journal, async (): Promise<Batch | null> => {
        const command: Command = { v: 1, verb, by, at: clock.now(), via: 'slash', args };
        const decided = await room.overrides.commands?.[verb]?.(command);
        outcome = decided?.outcome ?? null;
        return decided?.batch ?? null;
      });
      return outcome ?? { kind: 'refused', code: 'NO_VERB', text: verb, remedy: '' };
    },
    decide: async (command) => {
      const decided = await room.overrides.commands?.[command.verb]?.(command);
      if (decided === undefined) throw new Error(`nobody decides ${command.verb}`);
      return decided;
    },
    fire: () => fire(store, room.desk),
    pass: (seconds) => pass(store, room.timers, seconds),
    onCall: (schedule) => {
      const rules = room.roster.current().oncall.schedules[schedule];
      return rules === undefined ? [] : peopleOnCall(rules, clock.now());
    },
    paged: async () => {
      const pages = (await store.journal.effects({ kinds: ['page'], incident: 'GI-1' })).map(({ data }) => data);
      const threads = (pages as PageRequest[]).filter(({ means }) => means === 'thread');
      return threads.map(({ level, people }) => `${level} ${people.join(', ')}`).sort();
    },
    restart: async () => {
      store = await store.restart();
      room = await wire(store, config);
    },
    close: async () => {
      const verified = await verifyJournal({ path, evolvers });
      await store.remove();
      if (!verified.ok) throw new Error(`journal does not verify: ${JSON.stringify(verified)}`);
    },
  };
}

async function wire({ journal, clock, logger }: TestJournal, config: TestConfigSource) {
  const metrics = createMetricsRegistry();
  const roster = await createRoster({ journal, config });
  const deps = { journal, config: roster, logger, metrics };
  const escalation = createEscalation(deps);
  const overrides = createOverrides({ ...deps, nameOf: (actor) => actor });
  const desk = createAlertDesk({ ...deps, config, clock, follow: escalation.follow });
  const handlers = { ...desk.timers, ...escalation.timers };
  const timers = createTimerLoop({ journal, clock, logger, handlers, metrics: createJournalMetrics(metrics) });
  return { metrics, roster, overrides, desk, timers };
}

async function fire({ journal, clock }: TestJournal, desk: AlertDesk): Promise<void> {
  const body = bytesOf(payload([{ labels: { alertname: 'GiannaServiceDown', severity: 'critical' } }]));
  const row = { lane: 'machines', source: 'alertmanager', key: 'w1', receivedAt: clock.now(), body } as const;
  const { id } = await journal.put(row);
  const waiting: InboxRow = { ...row, id, tries: 0, state: 'waiting', error: null };
  await decideUntilAppended(journal, async () => {
    const { batch } = await desk.receive([waiting]);
    return { ...(batch ?? { at: clock.now(), actor: 'auto' }), done: [id] };
  });
}

async function pass({ journal, clock }: TestJournal, timers: TimerLoop, seconds: number): Promise<void> {
  const end = clock.now() + seconds * 1000;
  for (let next = await journal.nextTimerAt(); next !== null && next <= end; next = await journal.nextTimerAt()) {
    clock.advance(Math.max(0, next - clock.now()));
    await timers.runDue();
  }
  clock.advance(end - clock.now());
}
