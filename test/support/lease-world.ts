import { Registry } from 'prom-client';
import type { Command, Outcome } from '../../src/core/command.ts';
import { decideUntilAppended } from '../../src/journal/decide.ts';
import { createEffectRunner, type EffectRunner } from '../../src/journal/effects.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import { NOTICE, type Notice, readNotice } from '../../src/journal/notice.ts';
import type { StoredEvent } from '../../src/journal/port.ts';
import { createTimerLoop, type TimerLoop } from '../../src/journal/timers.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { leaseBatch } from '../../src/runbooks/lease/change-lease.ts';
import type { LeasesEnding, Reversal } from '../../src/runbooks/lease/end.ts';
import type { UndoAnswer, UndoAsked } from '../../src/runbooks/lease/executor.ts';
import { LEASE, type LeaseState } from '../../src/runbooks/lease/lease-state.ts';
import { createLeases, type Leases, leaseEvolvers } from '../../src/runbooks/lease/leases.ts';
import { createLeaseMetrics } from '../../src/runbooks/lease/metrics.ts';
import type { LeaseTaken } from '../../src/runbooks/lease/take.ts';
import type { FakeClock } from './fake-clock.ts';
import { openTestJournal, silentLogger, type TestJournal } from './journal.ts';

export const HOUR = 3600;
export const ANA = 'slack:U01ONCALL';

/** Leases on a real store, timers and effects by a clock that stands still; a test answers in the engine's place. */
export interface LeaseWorld {
  readonly clock: FakeClock;
  readonly asked: UndoAsked[];
  /** What the engine answers; it may throw, or never resolve. */
  answer: (asked: UndoAsked) => Promise<UndoAnswer>;
  rights: { allowed: boolean; reason: string };
  leases(): Leases;
  journal(): TestJournal['journal'];
  /** The end of a step that holds for so many seconds. */
  take(seconds: number, rest?: Partial<LeaseTaken>): Promise<string>;
  /** The end of an undo. */
  ended(reversal: Reversal, rest?: Partial<LeasesEnding>): Promise<void>;
  begun(rest?: Partial<LeasesEnding>): Promise<void>;
  command(verb: string, args: Command['args'], by?: Command['by']): Promise<Outcome>;
  lease(id: string): Promise<LeaseState>;
  /** Moves time; each timer fires at its moment. */
  pass(seconds: number): Promise<void>;
  /** Moves time as it goes on while no process lives. */
  away(seconds: number): Promise<void>;
  /** Moves time and fires what is due then, without waiting for what that asks the engine. */
  strike(seconds: number): Promise<void>;
  /** The process dies with whatever it does, and another begins on the same store. */
  crash(): Promise<void>;
  events(id?: string): Promise<StoredEvent[]>;
  types(id?: string): Promise<string[]>;
  timeline(): Promise<string[]>;
  notices(): Promise<Notice[]>;
  /** `journal verify --state` on everything that happened, then removal. */
  close(): Promise<void>;
}

interface Process {
  readonly leases: Leases;
  readonly runner: EffectRunner;
  readonly timers: TimerLoop;
}

/** Opens the world. */
export async function createLeaseWorld(): Promise<LeaseWorld> {
  let store = await openTestJournal();
  let process = await begin(store);
  const { clock } = store;
  const journal = () => store.journal;

  async function begin({ journal, clock }: TestJournal): Promise<Process> {
    const metrics = createJournalMetrics(new Registry());
    const shared = { journal, clock, logger: silentLogger };
    const leases = createLeases({
      ...shared,
      metrics: createLeaseMetrics(new Registry()),
      mayRun: async () => world.rights,
      askUndo: async (asked) => {
        world.asked.push(asked);
        return world.answer(asked);
      },
    });
    const runner = createEffectRunner({ ...shared, metrics, executors: { lease: leases.executor } });
    await runner.start();
    return { leases, runner, timers: createTimerLoop({ ...shared, metrics, handlers: leases.timers }) };
  }

  async function settle(): Promise<void> {
    await process.timers.runDue();
    await process.runner.idle();
  }

  const ending = (rest: Partial<LeasesEnding>): LeasesEnding => ({
    run: 'RUN-3',
    steps: ['block'],
    how: 'lifted',
    at: clock.now(),
    actor: ANA,
    ...rest,
  });

  const world: LeaseWorld = {
    clock,
    asked: [],
    answer: async () => ({ kind: 'accepted' }),
    rights: { allowed: true, reason: '' },
    leases: () => process.leases,
    journal,
    take: async (seconds, rest = {}) => {
      let id = '';
      await decideUntilAppended(journal(), async () => {
        const at = clock.now();
        const taken = { ...TAKEN, until: at + seconds * 1000, ...rest };
        const part = await process.leases.take(taken, at);
        id = part.id;
        return leaseBatch(part, { at, actor: taken.by });
      });
      return id;
    },
    ended: async (reversal, rest = {}) => {
      const asked = ending(rest);
      await decideUntilAppended(journal(), async () => leaseBatch(await process.leases.end(asked, reversal), asked));
    },
    begun: async (rest = {}) => {
      const asked = ending(rest);
      await decideUntilAppended(journal(), async () => leaseBatch(await process.leases.begin(asked), asked));
    },
    command: async (verb, args, by = ANA) => {
      let outcome: Outcome = { kind: 'done', text: '' };
      await decideUntilAppended(journal(), async () => {
        const command = { v: 1, verb, by, at: clock.now(), via: 'slash', args } as const;
        const decision = await process.leases.command(command);
        outcome = decision.outcome;
        return decision.batch;
      });
      return outcome;
    },
    lease: async (id) => {
      const row = await journal().aggregate<LeaseState>(LEASE, id);
      if (row === null) throw new Error(`no ${id}`);
      return row.state;
    },
    pass: async (seconds) => {
      const end = clock.now() + seconds * 1000;
      await settle();
      for (;;) {
        const next = await journal().nextTimerAt();
        if (next === null || next > end) break;
        clock.advance(Math.max(0, next - clock.now()));
        await settle();
      }
      clock.advance(end - clock.now());
      await settle();
    },
    away: async (seconds) => {
      await process.timers.stop();
      await process.runner.stop();
      store = await store.restart();
      clock.advance(seconds * 1000);
      process = await begin(store);
    },
    strike: async (seconds) => {
      clock.advance(seconds * 1000);
      await process.timers.runDue();
    },
    crash: async () => {
      await process.timers.stop();
      store = await store.restart();
      process = await begin(store);
    },
    events: (id = 'LEASE-1') => journal().eventsOf(LEASE, id),
    types: async (id = 'LEASE-1') => (await world.events(id)).map(({ type }) => type),
    timeline: async () => {
      const events = (await journal().eventsAfter(0, 1000)).filter(({ kind }) => kind === LEASE);
      const digests = events.flatMap(({ data }) => Object.values(data)).filter((value) => typeof value === 'string');
      const texts = await journal().payloads(digests);
      return events.map((event) => process.leases.describe(event, texts)).filter((line) => line !== null);
    },
    notices: async () => {
      const asked = await journal().effects({ kinds: [NOTICE] });
      const notices = await Promise.all(asked.map((effect) => readNotice(journal(), effect)));
      return notices.filter((notice) => notice !== null);
    },
    close: async () => {
      await process.timers.stop();
      await process.runner.stop();
      const verified = await verifyJournal({ path: store.path, evolvers: leaseEvolvers });
      await store.remove();
      if (!verified.ok) throw new Error(`the journal does not fold: ${JSON.stringify(verified)}`);
    },
  };
  return world;
}

const TAKEN: Omit<LeaseTaken, 'until'> = {
  run: 'RUN-3',
  runbook: 'block-ip',
  risk: 'R2',
  incident: 'GI-1',
  by: ANA,
  step: 'block',
  service: 'gianna',
  hosts: ['web-1'],
  what: '203.0.113.7 is blocked on web-1',
  limitSeconds: 24 * HOUR,
};
