import type { Clock } from '../core/clock.ts';
import type { Actor, Command } from '../core/command.ts';
import type { ConfigSource, RunbookConfig } from '../core/config/config.ts';
import { OpsError, refuse } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { Logger } from '../core/logger.ts';
import type { Registry } from '../core/metrics.ts';
import type { Redact } from '../core/redact.ts';
import type { DriverOf } from '../hosts/driver.ts';
import type { ShellOf } from '../hosts/shell.ts';
import type { EffectExecutor } from '../journal/effects.ts';
import type { Evolvers } from '../journal/evolver.ts';
import type { Effect, Journal, StoredEvent } from '../journal/port.ts';
import type { TimerHandler } from '../journal/timers.ts';
import type { RunProbes } from '../probes/check.ts';
import { ON_RUN } from './commands/commands.ts';
import { type OnRunDeps, readOnRun } from './commands/on-run.ts';
import { coolDownLeft } from './cool-down.ts';
import { describeRunEvent } from './describe.ts';
import { type ExecuteDeps, executeRun } from './execute.ts';
import { createRunMetrics } from './metrics.ts';
import { type IncidentFacts, type PlanDeps, type PlanRequest, planRun } from './plan.ts';
import { interruptLeftovers, interruptRun, probeInterrupted, type RecoverDeps } from './recover.ts';
import { type MayRun, type RunRequestDecision, requestRun } from './request.ts';
import { RUN_KIND } from './run-change.ts';
import { evolveRun } from './run-evolve.ts';
import { APPROVAL_EXPIRES, createRunLog, type FollowRun } from './run-log.ts';
import { isUnfinished, type RunRecord } from './run-record.ts';
import type { Plan } from './run-state.ts';
import type { TakeLease } from './run-step.ts';
import { isSameHuman } from './same-human.ts';
import { RunEffectData } from './schema.ts';
import type { SecretRef } from './secret-ref.ts';
import type { MayApprove } from './start-check.ts';
import type { KindOf, StepDoors } from './steps/step.ts';
import { createStops } from './stops.ts';
import { evolveLock, LOCK_KIND, type TargetLock } from './target-lock.ts';
import { listRuns, type RunView, viewRun } from './views.ts';

export interface RunEngineDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly driverOf: DriverOf;
  readonly shellOf: ShellOf;
  readonly doors: StepDoors;
  /** Kinds of step by name; those of the registry, when absent. */
  readonly kindOf?: KindOf;
  readonly runProbes: RunProbes;
  readonly mayRun: MayRun;
  readonly mayApprove: MayApprove;
  readonly incident: IncidentFacts;
  /** The value of a secret by the name of its variable. */
  readonly secretOf: (ref: SecretRef) => string;
  readonly redact: Redact;
  /** A person's name for words; without it the actor is shown as it is. */
  readonly nameOf?: (actor: Actor) => string;
  /** For how long a verification that is not ok is looked at again; 10 s by default. */
  readonly verifyGraceMs?: number;
  /** Why a run is frozen at present; never, when absent. */
  readonly frozenBy?: PlanDeps['frozenBy'];
  readonly takeLease?: TakeLease;
  /** What else follows from a change of a run, in its own transaction. */
  readonly follow?: FollowRun;
}

/** Runbooks: planned, asked for, agreed to, carried out once, proven. Comes in: commands. Goes out: events of `run`. */
export interface RunEngine {
  /** Decides `run` (args: `runbook`, `parameters`, `planHash?`, `reason?`, `dryRun?`) and what is asked of a run that is there. */
  command(command: Command): Promise<RunRequestDecision>;
  plan(request: PlanRequest): Promise<Plan>;
  runbooks(): readonly RunbookConfig[];
  runs(): Promise<RunView[]>;
  run(id: string): Promise<RunView | null>;
  /** Resolves when the run has ended (at once when it has already); refuses an unknown id. */
  waitFor(id: string): Promise<RunView>;
  /** Carries out effects of kind `run`. */
  readonly executor: EffectExecutor;
  /** By `<kind>.<purpose>`. */
  readonly timers: Readonly<Record<string, TimerHandler>>;
  /** Interrupts what a dead process left open; call it once, before the effect runner starts. Probes go on behind it. */
  recover(): Promise<readonly string[]>;
  /** Call it before the effect runner's stop: what only looks is cut, a call under way is waited for, no step begins. */
  stop(): Promise<void>;
  describe(event: StoredEvent, texts: ReadonlyMap<string, string>): string | null;
  /** Fold events again, for `journal verify --state`. */
  readonly evolvers: Evolvers;
}

const VERIFY_GRACE_MS = 10_000;
const RUNS_AT_ONCE = 4;

/** The room's engine. One process carries runs out: the store has one writer. */
export function createRunEngine(deps: RunEngineDeps): RunEngine {
  const { journal, config, logger, clock } = deps;
  const log = createRunLog(deps);
  const metrics = createRunMetrics(deps.metrics);
  const stopping = new AbortController();
  const stops = createStops(journal);
  const probing = new Set<Promise<void>>();
  const nameOf = deps.nameOf ?? ((actor: Actor) => actor);
  const { driverOf, shellOf, doors, kindOf, incident, mayRun, mayApprove } = deps;
  const planDeps: PlanDeps = {
    ...{ config, driverOf, shellOf, doors, kindOf, incident, heldBy },
    frozenBy: deps.frozenBy ?? (async () => []),
    coolingDown: (runbook, locks) => coolDownLeft(runbook, locks, clock.now(), journal),
  };
  const executeDeps: ExecuteDeps = {
    ...deps,
    log,
    metrics,
    planDeps,
    verifyGraceMs: deps.verifyGraceMs ?? VERIFY_GRACE_MS,
    signal: stopping.signal,
    abortOf: stops.abortOf,
    takeLease: deps.takeLease ?? (async () => ({ aggregates: [], timers: [] })),
  };
  const onRunDeps: OnRunDeps = {
    ...{ log, clock, config, planDeps, mayRun, mayApprove, incident, nameOf },
    isSameHuman: (one, other) => isSameHuman(one, other, config.current()),
  };
  const recoverDeps: RecoverDeps = { journal, config, logger, log, runProbes: deps.runProbes };

  async function heldBy(target: string): Promise<string | null> {
    const lock = (await log.lock(target))?.state;
    if (lock === undefined || lock.run === null) return null;
    return `${lock.run}${lock.by === null ? '' : ` by ${nameOf(lock.by as Actor)}`}`;
  }

  function lookAfter(run: RunRecord): void {
    const probe = probeInterrupted(run, recoverDeps)
      .catch((error: unknown) => logger.error({ err: error, run: run.id }, 'interrupted run could not be probed'))
      .finally(() => probing.delete(probe));
    probing.add(probe);
  }

  async function breakOff(effect: Effect): Promise<JsonObject> {
    const { run: id } = RunEffectData.parse(effect.data);
    const run = await interruptRun(id, recoverDeps);
    if (run !== null) lookAfter(run);
    return { run: id };
  }

  const executor: EffectExecutor = {
    idempotent: false,
    concurrency: RUNS_AT_ONCE,
    run: async (effect) => {
      const { run: id, leg } = RunEffectData.parse(effect.data);
      const run = await executeRun(id, leg, executeDeps).finally(() => stops.forget(id));
      if (run?.status === 'interrupted') return { state: 'unknown', result: { run: id } };
      return { state: run?.status === 'failed' || run?.status === 'refused' ? 'failed' : 'done', result: { run: id } };
    },
    recover: async (effect) => ({ state: 'unknown', result: await breakOff(effect) }),
  };

  async function decide(command: Command): Promise<RunRequestDecision> {
    const onRun = ON_RUN[command.verb];
    if (onRun !== undefined) return onRun(await readOnRun(command, onRunDeps), onRunDeps);
    return requestRun(command, { journal, clock, log, planDeps, mayRun });
  }

  return {
    command: (command) => orRefused(() => decide(command), metrics.refused),
    plan: (request) => planRun(request, planDeps),
    runbooks: () => Object.values(config.current().runbooks),
    runs: () => listRuns(journal),
    run: (id) => viewRun(journal, id),
    waitFor: (id) => waitFor(journal, id),
    executor,
    timers: {
      [`${RUN_KIND}.${APPROVAL_EXPIRES}`]: async ({ id }) => {
        const words = 'nobody agreed in time; ask again if it is still wanted';
        const drafted = await log.draft(
          id,
          (_, texts) => ({ kind: 'refuse', code: 'APPROVAL_EXPIRED', summary: texts.line(words) }),
          { by: 'auto' },
        );
        return drafted.kind === 'drafted' ? drafted.batch : null;
      },
    },
    recover: async () => {
      const interrupted = await interruptLeftovers(recoverDeps);
      for (const run of interrupted) lookAfter(run);
      return interrupted.map((run) => run.id);
    },
    stop: async () => {
      stopping.abort();
      stops.close();
      await Promise.all(probing);
    },
    describe: describeRunEvent,
    evolvers: {
      [RUN_KIND]: (state, event) => evolveRun(state as RunRecord | null, event),
      [LOCK_KIND]: (state, event) => evolveLock(state as TargetLock | null, event),
    },
  };
}

async function orRefused(
  decide: () => Promise<RunRequestDecision>,
  refused: (code: string) => void,
): Promise<RunRequestDecision> {
  try {
    const decision = await decide();
    if (decision.outcome.kind === 'refused') refused(decision.outcome.code);
    return decision;
  } catch (error) {
    if (!(error instanceof OpsError) || error.family !== 'refusal') throw error;
    refused(error.code);
    const { code, message: text, remedy } = error;
    return { batch: null, outcome: { kind: 'refused', code, text, remedy } };
  }
}

async function waitFor(journal: Journal, id: string): Promise<RunView> {
  let wake = () => {};
  let changed = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const stopListening = journal.onChange(({ events }) => {
    if (events.some((event) => event.kind === RUN_KIND && event.id === id)) wake();
  });
  try {
    for (;;) {
      const row = await journal.aggregate<RunRecord>(RUN_KIND, id);
      if (row === null) throw refuse('RUN_UNKNOWN', `There is no run "${id}".`, 'List them with: gianna-ops runs.');
      const view = isUnfinished(row.state) ? null : await viewRun(journal, id);
      if (view !== null) return view;
      await changed;
      changed = new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    stopListening();
  }
}
