/**
 * The room as app.ts wires it: the engine that plans and runs, leases that end what a run holds, freezes, and rules that
 * run of themselves. In: commands, ends of timers, facts of other rooms. Out: events of runs, leases, orphans and rules.
 */
import type { Actor, Command } from '../core/command.ts';
import type { EffectExecutor } from '../journal/effects.ts';
import type { StoredEvent } from '../journal/port.ts';
import type { TimerHandler } from '../journal/timers.ts';
import { type BlocksSeen, createBlocks } from './blocks.ts';
import { createRunEngine, type RunEngine, type RunEngineDeps } from './engine.ts';
import { createFollowedLeases, type FollowedLeasesDeps } from './followed-leases.ts';
import { type Freeze, type FreezeFacts, type FrozenRun, freezesOf } from './freeze/freeze.ts';
import type { ListedLease } from './lease/list.ts';
import type { FreezeAsked } from './plan.ts';
import type { RemediationDeps } from './remediation/deps.ts';
import type { ListedRule } from './remediation/list.ts';
import { createRemediationMetrics } from './remediation/metrics.ts';
import { createRemediation } from './remediation/remediation.ts';
import type { RunRequestDecision } from './request.ts';
import { RUN_KIND } from './run-change.ts';
import type { RunRecord } from './run-record.ts';
import { stillAgreed } from './still-agreed.ts';

export interface RunbookDeskDeps extends Omit<RunEngineDeps, 'frozenBy' | 'takeLease' | 'follow'>, FollowedLeasesDeps {
  readonly openIncidents: FreezeFacts['openIncidents'];
  readonly silencesOn: FreezeFacts['silencesOn'];
  readonly remediable: RemediationDeps['incident'];
  readonly openIncidentIds: RemediationDeps['openIncidents'];
  readonly escalate: RemediationDeps['escalate'];
  readonly mayAdmin: (actor: Actor) => Promise<{ readonly allowed: boolean; readonly reason: string }>;
}

export interface RunbookDesk extends Pick<RunEngine, 'plan' | 'runbooks' | 'runs' | 'run' | 'waitFor' | 'recover'> {
  /** Decides every command that is about a run, a lease or a rule. */
  command(command: Command): Promise<RunRequestDecision>;
  /** Whether a command is one of this room's. */
  takes(command: Command): boolean;
  /** Whether whoever asked for a run, and whoever agreed to it, still may. */
  stillAgreed(run: string): Promise<{ readonly allowed: boolean; readonly reason: string }>;
  leases(): Promise<ListedLease[]>;
  /** What hosts block now of ours. */
  blocks(): Promise<BlocksSeen>;
  rules(): Promise<ListedRule[]>;
  readonly executors: Readonly<Record<string, EffectExecutor>>;
  readonly timers: Readonly<Record<string, TimerHandler>>;
  describe(event: StoredEvent, texts: ReadonlyMap<string, string>): string | null;
  /** Begins to follow incidents, and to look for orphans on hosts. */
  start(): void;
  /** Call it before the effect runner's stop. */
  stop(): Promise<void>;
}

const OF_LEASES = new Set(['renew', 'lease-abandon']);
const OF_RULES = new Set(['remediation-on']);

/** Creates the room's desk. */
export function createRunbookDesk(deps: RunbookDeskDeps): RunbookDesk {
  const { journal, config, clock } = deps;
  const { leases, sweep, keeper, engineHooks } = createFollowedLeases(deps);
  const engine = createRunEngine({
    ...deps,
    ...engineHooks,
    frozenBy: async (asked) => (await freezesOfPlan(asked)).map(({ reason }) => reason),
  });
  const remediation = createRemediation({
    ...deps,
    metrics: createRemediationMetrics(deps.metrics),
    incident: deps.remediable,
    openIncidents: deps.openIncidentIds,
    freezes: freezesOfRun,
    run: async (id) => (await journal.aggregate<RunRecord>(RUN_KIND, id))?.state ?? null,
    findRun: async ({ incident, runbook, since }) => {
      const rows = await journal.aggregates<RunRecord>(RUN_KIND, { since });
      const found = rows.find(
        ({ state }) =>
          state.by === 'auto' && state.incident === incident && state.runbook === runbook && state.requestedAt >= since,
      );
      return found?.id ?? null;
    },
  });

  function freezesOfRun(run: FrozenRun): Promise<readonly Freeze[]> {
    const { openIncidents, silencesOn } = deps;
    const facts = { openIncidents, silencesOn, leasesOn: leases.leasesOn, now: clock.now() };
    return freezesOf(run, config.current().policy.freeze, facts);
  }

  /** Of a run on several services each is asked about; without any, only calendars hold. */
  async function freezesOfPlan({ runbook, services, incident }: FreezeAsked): Promise<readonly Freeze[]> {
    const about = services.length === 0 ? [null] : services;
    const found: Freeze[] = [];
    for (const service of about) {
      const environment = service === null ? null : (config.current().services[service]?.environment ?? null);
      const { runbook: name, risk } = runbook;
      const run = { runbook: name, risk, service, environment, incident, isUndo: false, isRollback: false };
      found.push(...(await freezesOfRun(run)));
    }
    return found;
  }

  return {
    plan: engine.plan,
    runbooks: engine.runbooks,
    runs: engine.runs,
    run: engine.run,
    waitFor: engine.waitFor,
    recover: engine.recover,
    command: (command) => {
      if (OF_LEASES.has(command.verb)) return leases.command(command);
      return OF_RULES.has(command.verb) ? remediation.command(command) : engine.command(command);
    },
    takes: ({ verb, run }) => verb === 'run' || run !== undefined || OF_LEASES.has(verb) || OF_RULES.has(verb),
    stillAgreed: (id) => stillAgreed(id, deps),
    leases: leases.list,
    blocks: createBlocks(deps),
    rules: remediation.list,
    executors: { run: engine.executor, lease: leases.executor, remediation: remediation.executor },
    timers: { ...engine.timers, ...leases.timers, ...remediation.timers },
    describe: (event, texts) =>
      engine.describe(event, texts) ?? leases.describe(event, texts) ?? remediation.describe(event, texts),
    start: () => {
      sweep.start();
      keeper.start();
      remediation.start();
    },
    stop: async () => {
      await Promise.all([sweep.stop(), keeper.stop(), remediation.stop(), engine.stop()]);
    },
  };
}
