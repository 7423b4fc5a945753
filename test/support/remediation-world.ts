import { Registry } from 'prom-client';
import type { Command, Outcome } from '../../src/core/command.ts';
import type { RemediationRule } from '../../src/core/config/config.ts';
import { NO_POLICY } from '../../src/core/config/resolve/policy.ts';
import { decideUntilAppended } from '../../src/journal/decide.ts';
import { createDrain, type Drain } from '../../src/journal/drain.ts';
import { createEffectRunner, type EffectRunner } from '../../src/journal/effects.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import { NOTICE, type Notice, readNotice } from '../../src/journal/notice.ts';
import type { AggregateChange, Batch, Journal, StoredEvent } from '../../src/journal/port.ts';
import { COMMAND_SOURCE, commandIn, createSubmit } from '../../src/journal/submit.ts';
import { createTimerLoop, type TimerLoop } from '../../src/journal/timers.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import type { CheckResult } from '../../src/probes/check.ts';
import type { Freeze } from '../../src/runbooks/freeze/freeze.ts';
import type { RemediableIncident } from '../../src/runbooks/remediation/deps.ts';
import { createRemediationMetrics } from '../../src/runbooks/remediation/metrics.ts';
import {
  createRemediation,
  type Remediation,
  remediationEvolvers,
} from '../../src/runbooks/remediation/remediation.ts';
import { REMEDIATION } from '../../src/runbooks/remediation/remediation-state.ts';
import { RUN_KIND } from '../../src/runbooks/run-change.ts';
import type { RunStatus, Verdict } from '../../src/runbooks/run-state.ts';
import { type TestConfigSource, testConfig, testConfigSource } from './config.ts';
import type { FakeClock } from './fake-clock.ts';
import { openTestJournal, silentLogger, type TestJournal } from './journal.ts';
import { check } from './run-world.ts';

export const RULE: RemediationRule = {
  name: 'restart-when-down',
  isOn: true,
  match: { alertname: { kind: 'values', values: ['GiannaServiceDown'] } },
  runbook: 'restart',
  parameters: { service: 'gianna' },
  precheck: { probe: 'gianna-health', results: ['fail'] },
  afterSeconds: 120,
  mostPerHour: 3,
  cooldownSeconds: 600,
  mostMisses: 2,
};

/** Automatic remediation on a real store with a real inbox; runs are asked for and end as a test says. */
export interface RemediationWorld {
  readonly clock: FakeClock;
  readonly config: TestConfigSource;
  readonly incidents: Map<string, RemediableIncident>;
  /** What the precheck says. */
  probe: CheckResult['result'];
  /** Happens while the precheck runs. */
  onProbe: () => Promise<void>;
  freezes: Freeze[];
  /** What the engine refuses with; null: it takes the run. */
  refusal: Extract<Outcome, { kind: 'refused' }> | null;
  /** Where the process dies: before the run is asked for, after, or while escalating. */
  dying: 'before' | 'after' | null;
  readonly escalated: Array<{ readonly key: string; readonly incident: string; readonly words: string }>;
  admin: boolean;
  rules(...rules: RemediationRule[]): void;
  journal(): Journal;
  remediation(): Remediation;
  /** An incident begins to fire or changes. */
  fire(id?: string, rest?: Partial<RemediableIncident>): Promise<void>;
  /** Somebody takes it, and nobody has heard of it yet. */
  acknowledge(id: string): void;
  commands(): Promise<Command[]>;
  runs(): Promise<PlainRun[]>;
  endRun(id: string, verdict: Verdict | null, status?: RunStatus): Promise<void>;
  switchOn(rule: string): Promise<Outcome>;
  pass(seconds: number): Promise<void>;
  /** Moves time and fires what is due then, without waiting for it. */
  strike(seconds: number): Promise<void>;
  crash(awaySeconds?: number): Promise<void>;
  types(): Promise<string[]>;
  timeline(incident?: string): Promise<string[]>;
  notices(): Promise<Notice[]>;
  close(): Promise<void>;
}

interface Process {
  readonly remediation: Remediation;
  readonly runner: EffectRunner;
  readonly timers: TimerLoop;
  readonly drain: Drain;
}

/** Opens the world with one rule and nothing that fires. */
export async function createRemediationWorld(): Promise<RemediationWorld> {
  let store = await openTestJournal();
  const { clock } = store;
  const config = testConfigSource();
  const journal = () => store.journal;
  const never = () => new Promise<never>(() => {});

  const world: RemediationWorld = {
    clock,
    config,
    incidents: new Map(),
    probe: 'fail',
    onProbe: async () => {},
    freezes: [],
    refusal: null,
    dying: null,
    escalated: [],
    admin: true,
    rules: (...remediation) => config.swap(testConfig({ policy: { ...NO_POLICY, remediation } })),
    journal,
    remediation: () => process.remediation,
    fire: async (id = 'GI-1', rest = {}) => {
      const labels = { alertname: 'GiannaServiceDown' };
      const known = world.incidents.get(id);
      const fresh = {
        id,
        severity: 'P0',
        service: 'gianna',
        status: 'firing',
        firing: [{ labels, since: clock.now() }],
      };
      world.incidents.set(id, { ...(known ?? (fresh as RemediableIncident)), ...rest });
      await noteIncident(id);
      await settle();
    },
    acknowledge: (id) => {
      const incident = world.incidents.get(id);
      if (incident !== undefined) world.incidents.set(id, { ...incident, status: 'acknowledged' });
    },
    commands: async () => {
      const rows = await journal().receivedRows({ sources: [COMMAND_SOURCE], since: 0, after: 0, limit: 100 });
      return rows.map(commandIn);
    },
    runs: async () => (await journal().aggregates<PlainRun>(RUN_KIND)).map(({ state }) => state).reverse(),
    endRun: async (id, verdict, status = verdict === 'fixed' ? 'succeeded' : 'failed') => {
      await decideUntilAppended(journal(), async () => {
        const row = await journal().aggregate<PlainRun>(RUN_KIND, id);
        if (row === null) throw new Error(`no ${id}`);
        const change = changeRun(id, row.version, { ...row.state, status, verdict });
        return { at: clock.now(), actor: 'auto', aggregates: [change] };
      });
      await settle();
    },
    switchOn: async (rule) => {
      let outcome: Outcome = { kind: 'done', text: '' };
      await decideUntilAppended(journal(), async () => {
        const base = { v: 1, verb: 'remediation-on', by: 'slack:U02MGR', at: clock.now(), via: 'slash' } as const;
        const decision = await process.remediation.command({ ...base, args: { rule } });
        outcome = decision.outcome;
        return decision.batch;
      });
      return outcome;
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
    strike: async (seconds) => {
      clock.advance(seconds * 1000);
      await process.timers.runDue();
    },
    crash: async (awaySeconds = 0) => {
      await process.remediation.stop();
      await process.timers.stop();
      world.dying = null;
      store = await store.restart();
      clock.advance(awaySeconds * 1000);
      process = await begin(store);
      await settle();
    },
    types: async () => (await ownEvents()).map(({ type }) => type.slice('remediation.'.length)),
    timeline: async (incident = 'GI-1') => {
      const events = await journal().eventsAbout(incident);
      const digests = events.flatMap(({ data }) => Object.values(data)).filter((value) => typeof value === 'string');
      const texts = await journal().payloads(digests);
      return events.map((event) => process.remediation.describe(event, texts)).filter((line) => line !== null);
    },
    notices: async () => {
      const asked = await journal().effects({ kinds: [NOTICE] });
      const notices = await Promise.all(asked.map((effect) => readNotice(journal(), effect)));
      return notices.filter((notice) => notice !== null);
    },
    close: async () => {
      await process.remediation.stop();
      await process.timers.stop();
      await process.drain.stop();
      await process.runner.stop();
      const verified = await verifyJournal({ path: store.path, evolvers: EVOLVERS });
      await store.remove();
      if (!verified.ok) throw new Error(`the journal does not fold: ${JSON.stringify(verified)}`);
    },
  };
  world.rules(RULE);

  async function ownEvents(): Promise<StoredEvent[]> {
    return (await journal().eventsAfter(0, 1000)).filter(({ kind }) => kind === REMEDIATION);
  }
  async function noteIncident(id: string): Promise<void> {
    await decideUntilAppended(journal(), async () => {
      const row = await journal().aggregate<{ changes: number }>('incident', id);
      const state = { changes: (row?.state.changes ?? 0) + 1 };
      const events = [{ type: 'incident.changed', v: 1, data: {} }];
      const change = { kind: 'incident', id, expected: row?.version ?? 0, key: id, state, events, incident: id };
      return { at: clock.now(), actor: 'auto', aggregates: [change] };
    });
  }
  async function settle(): Promise<void> {
    await process.remediation.lookOver();
    await process.timers.runDue();
    await process.runner.idle();
    await process.remediation.lookOver();
    await process.runner.idle();
  }

  async function begin({ journal, clock }: TestJournal): Promise<Process> {
    const metrics = createJournalMetrics(new Registry());
    const shared = { journal, clock, logger: silentLogger, metrics };
    const drain = createDrain({ ...shared, handlers: { [COMMAND_SOURCE]: (row) => take(journal, commandIn(row)) } });
    const submit = createSubmit({ journal, drain, clock });
    const remediation = createRemediation({
      ...shared,
      config,
      metrics: createRemediationMetrics(new Registry()),
      incident: async (id) => world.incidents.get(id) ?? null,
      openIncidents: async () => [...world.incidents.keys()],
      runProbes: async (names) => {
        await world.onProbe();
        return names.map((name) => check(name, world.probe, clock.now()));
      },
      freezes: async () => world.freezes,
      submit: async (key, command) => {
        if (world.dying === 'before') return never();
        const submitted = await submit(key, command);
        if (world.dying !== 'after') return submitted;
        await submitted.outcome;
        return never();
      },
      run: async (id) => (await journal.aggregate<PlainRun>(RUN_KIND, id))?.state ?? null,
      findRun: async ({ incident, since }) => {
        const rows = await journal.aggregates<PlainRun>(RUN_KIND);
        const made = rows.find(({ state }) => state.incident === incident && state.requestedAt >= since);
        return made?.id ?? null;
      },
      escalate: async (asked) => {
        world.escalated.push(asked);
      },
      mayAdmin: async () => ({ allowed: world.admin, reason: 'You are no admin.' }),
    });
    const runner = createEffectRunner({ ...shared, executors: { remediation: remediation.executor } });
    drain.start();
    await runner.start();
    return { remediation, runner, drain, timers: createTimerLoop({ ...shared, handlers: remediation.timers }) };
  }

  async function take(journal: Journal, command: Command): Promise<{ batch: Batch | null; outcome: Outcome }> {
    if (world.refusal !== null) return { batch: null, outcome: world.refusal };
    const id = `RUN-${await journal.nextNumber(RUN_KIND)}`;
    const { by, incident = null } = command;
    const at = clock.now();
    const run: PlainRun = { incident, by, requestedAt: at, status: 'waiting', verdict: null };
    const outcome = { kind: 'done', text: `${id} is accepted.`, run: id } as const;
    return { batch: { at, actor: by, aggregates: [changeRun(id, 0, run)] }, outcome };
  }

  let process = await begin(store);
  return world;
}

/** A run as far as rules see it; the engine's own machine is not what is tried here. */
export interface PlainRun {
  readonly incident: string | null;
  readonly by: string;
  readonly requestedAt: number;
  readonly status: RunStatus;
  readonly verdict: Verdict | null;
}

/** The change that makes a run what it is now. */
function changeRun(id: string, version: number, state: PlainRun): AggregateChange {
  const events = [{ type: `run.${state.status}`, v: 1, data: { ...state } }];
  const about = state.incident === null ? {} : { incident: state.incident };
  return {
    kind: RUN_KIND,
    id,
    number: Number(id.slice('RUN-'.length)),
    expected: version,
    key: id,
    state,
    events,
    ...about,
  };
}

const EVOLVERS = {
  ...remediationEvolvers,
  [RUN_KIND]: (_state: PlainRun | null, event: StoredEvent) => ({ ...event.data }),
  incident: (state: { changes: number } | null) => ({ changes: (state?.changes ?? 0) + 1 }),
};
