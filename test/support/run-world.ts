import { Registry } from 'prom-client';
import { decideRight, type Permission } from '../../src/bot/roles.ts';
import type { Command, Outcome } from '../../src/core/command.ts';
import type { Role } from '../../src/core/config/config.ts';
import { refuse, transient } from '../../src/core/errors.ts';
import { createEffectRunner, type EffectRunner } from '../../src/journal/effects.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import { createTimerLoop, type TimerLoop } from '../../src/journal/timers.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import type { CheckResult } from '../../src/probes/check.ts';
import { createRunEngine, type RunEngine } from '../../src/runbooks/engine.ts';
import type { IncidentFact } from '../../src/runbooks/plan.ts';
import type { RunView } from '../../src/runbooks/views.ts';
import { type TestConfigSource, testConfigSource } from './config.ts';
import { breathe, createFakeDriver, type FakeDriver } from './fake-driver.ts';
import { openTestJournal, silentLogger, type TestJournal } from './journal.ts';
import { noDoors, noShells } from './no-doors.ts';

export interface RunWorld {
  store: TestJournal;
  engine: RunEngine;
  runner: EffectRunner;
  timers: TimerLoop;
  readonly config: TestConfigSource;
  readonly drivers: Record<string, FakeDriver>;
  /** What each probe says now; unnamed ones are ok. */
  readonly probes: Record<string, CheckResult['result']>;
  /** May the asker run it? Changed by a test. */
  rights: { allowed: boolean; reason: string };
  /** Who has which roles: asked in place of `rights` and `approvers`; null: they say. */
  rolesOf: ((actor: string) => ReadonlySet<Role | 'viewer'>) | null;
  /** What the rights were asked with, each time. */
  readonly rightsAsked: unknown[];
  /** Who may agree to a run. */
  approvers: string[];
  /** GI-1 as it is now. */
  incident: IncidentFact;
  /** Happens while the rights are asked for. */
  onRights: () => Promise<void>;
  /** Nobody can say who may. */
  rightsFail: boolean;
  /** Decides a request and appends it, as the inbox does. */
  ask(args: Record<string, unknown>, command?: Partial<Command>): Promise<Outcome>;
  /** Takes up what was asked for. */
  go(): Promise<void>;
  /** Carries out the timers that are due. */
  runTimers(): Promise<void>;
  /** Moves time until the run has ended. */
  finish(run: string): Promise<RunView>;
  /** Moves time, step by step, until something is so. */
  until(isSo: () => boolean | Promise<boolean>): Promise<void>;
  /** The process dies without a word and a new one opens the same journal. */
  crash(): Promise<void>;
  /** Folds every event again and compares, then removes everything. */
  end(): Promise<void>;
}

/** A run engine on a real SQLite journal, with hosts and probes that a test directs. */
export async function createRunWorld(services: readonly string[] = ['gianna', 'redis']): Promise<RunWorld> {
  const config = testConfigSource();
  const drivers = Object.fromEntries(services.map((name) => [name, createFakeDriver(name)]));
  const store = await openTestJournal();
  const world: RunWorld = {
    store,
    config,
    drivers,
    probes: {},
    rights: { allowed: true, reason: '' },
    rolesOf: null,
    rightsAsked: [],
    approvers: ['slack:U02MGR'],
    incident: {
      status: 'acknowledged',
      service: 'gianna',
      severity: 'P1',
      owner: 'slack:U01ONCALL',
      channel: 'ops',
      cause: 'GiannaDown',
    },
    rightsFail: false,
    onRights: async () => {},
    ...createProcess(store),
    ask: (args, command = {}) => ask(world, args, command),
    go: async () => {
      await world.engine.recover();
      await world.runner.start();
    },
    runTimers: async () => void (await world.timers.runDue()),
    finish: async (run) => {
      const ended = world.engine.waitFor(run);
      let isOver = false;
      void ended.finally(() => {
        isOver = true;
      });
      await world.until(() => isOver);
      return ended;
    },
    until: async (isSo) => {
      while (!(await isSo())) {
        await breathe();
        world.store.clock.advance(100);
      }
    },
    crash: async () => {
      world.store = await world.store.restart();
      Object.assign(world, createProcess(world.store));
    },
    end: async () => {
      await world.engine.stop();
      await world.runner.stop();
      const verified = await verifyJournal({ path: world.store.path, evolvers: world.engine.evolvers });
      await world.store.remove();
      if (!verified.ok) throw new Error(`the journal does not fold: ${JSON.stringify(verified)}`);
    },
  };

  function createProcess({ journal, clock }: TestJournal): {
    engine: RunEngine;
    runner: EffectRunner;
    timers: TimerLoop;
  } {
    const engine = createRunEngine({
      journal,
      config,
      clock,
      logger: silentLogger,
      metrics: new Registry(),
      driverOf: (service) => {
        const driver = drivers[service];
        if (driver === undefined) throw refuse('SERVICE_UNKNOWN', `There is no service "${service}".`, 'Name one.');
        return driver;
      },
      shellOf: noShells,
      doors: noDoors,
      runProbes: async (names) => names.map((probe) => check(probe, world.probes[probe] ?? 'ok', clock.now())),
      mayRun: async (actor, risk, _service, about) => {
        world.rightsAsked.push(about);
        if (world.rolesOf !== null) {
          const right = risk === 'R0' ? 'evidence' : risk;
          return permissionOf(decideRight(world.rolesOf(actor), right, about?.channel ?? null, about?.who));
        }
        await world.onRights();
        if (world.rightsFail) throw transient('SLACK_DOWN', 'Slack does not answer.', 'Try again.');
        return world.rights;
      },
      mayApprove: async (actor) => {
        if (world.rolesOf !== null) {
          if (!actor.startsWith('slack:')) return { allowed: false, reason: 'is no person' };
          return permissionOf(decideRight(world.rolesOf(actor), 'approve', world.incident.channel));
        }
        await world.onRights();
        return { allowed: world.approvers.includes(actor), reason: 'needs the role approver' };
      },
      incident: async (id) => (id === 'GI-1' ? world.incident : null),
      secretOf: ({ secret }) => `value of ${secret}`,
      redact: (text) => text,
    });
    const metrics = createJournalMetrics(new Registry());
    const executors = { run: engine.executor };
    const { timers: handlers } = engine;
    return {
      engine,
      runner: createEffectRunner({ journal, clock, logger: silentLogger, executors, metrics }),
      timers: createTimerLoop({ journal, clock, logger: silentLogger, handlers, metrics }),
    };
  }
  return world;
}

async function ask(world: RunWorld, args: Record<string, unknown>, rest: Partial<Command>): Promise<Outcome> {
  const { clock, journal } = world.store;
  const command: Command = {
    v: 1,
    verb: 'run',
    by: 'slack:U01ONCALL',
    at: clock.now(),
    via: 'modal',
    ...rest,
    args: args as Command['args'],
  };
  for (;;) {
    const { batch, outcome } = await world.engine.command(command);
    if (batch === null || (await journal.append(batch)).kind === 'appended') return outcome;
  }
}

function permissionOf(permission: Permission): { allowed: boolean; reason: string } {
  return permission.allowed ? { allowed: true, reason: '' } : { allowed: false, reason: permission.reason };
}

/** What a probe of a test found. */
export function check(probe: string, result: CheckResult['result'], at = 0): CheckResult {
  return { probe, target: probe, result, summary: `says ${result}`, seconds: 0.1, at, evidence: {} };
}
