import { createHash } from 'node:crypto';
import type { Config, ConfigSource, RunbookConfig } from '../core/config/config.ts';
import { formatDuration } from '../core/duration.ts';
import { refuse } from '../core/errors.ts';
import { canonicalJson } from '../core/json.ts';
import type { DriverOf } from '../hosts/driver.ts';
import type { ShellOf } from '../hosts/shell.ts';
import { runbookOf } from './own-runbooks.ts';
import { didYouMean, type Parameters, readParameters, shown } from './parameters.ts';
import { needsOf } from './plan-needs.ts';
import { lockOf, namedService, prepareSteps, type ResolvedStep } from './plan-steps.ts';
import { riskOf } from './risk.ts';
import type { Plan, PlanTarget } from './run-state.ts';
import type { KindOf, StepDoors } from './steps/step.ts';
import { scopeOf, substitute } from './substitute.ts';

export interface PlanRequest {
  readonly runbook: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** `GI-<n>`, when it is for an incident. */
  readonly incident: string | null;
}

/** An incident as runbooks need it: a function of another room, passed by app.ts. */
export type IncidentFacts = (id: string) => Promise<IncidentFact | null>;
export interface IncidentFact {
  readonly status: string;
  readonly service: string | null;
  readonly severity: string;
  /** `slack:U01`, `local`. */
  readonly owner: string | null;
  /** Our own word of the channel that it is shown in. */
  readonly channel: string;
  /** Name of its first alert. */
  readonly cause: string | null;
}

/** What a freeze is asked about (policy.yml). */
export interface FreezeAsked {
  readonly runbook: RunbookConfig;
  readonly services: readonly string[];
  readonly incident: string | null;
}

export interface PlanDeps {
  readonly config: ConfigSource;
  readonly driverOf: DriverOf;
  readonly shellOf: ShellOf;
  readonly doors: StepDoors;
  readonly kindOf?: KindOf | undefined;
  readonly incident: IncidentFacts;
  /** The unfinished run that holds `host/service`, in words; null: it is free. */
  readonly heldBy: (target: string) => Promise<string | null>;
  /** Why a run is frozen at present, in words; empty: it is not. */
  readonly frozenBy: (asked: FreezeAsked) => Promise<readonly string[]>;
  /** For how many seconds a runbook has still to wait for a target after its last run there; 0: it need not. */
  readonly coolingDown: (runbook: RunbookConfig, locks: readonly string[]) => Promise<number>;
}

/** A plan with the means to carry it out. */
export interface ResolvedPlan {
  readonly plan: Plan;
  /** With the risk that this run has. */
  readonly runbook: RunbookConfig;
  readonly steps: readonly ResolvedStep[];
  readonly verify: readonly ResolvedStep[];
  /** `host/service` of everything it changes. */
  readonly locks: readonly string[];
  readonly service: string | null;
  readonly incident: IncidentFact | null;
}

/**
 * What a runbook would do now, without doing it (DESIGN.md, What nobody else has, 4). Refuses an unknown runbook or
 * incident and wrong parameters; what only stands in the way at present is listed in `blockedBy`.
 */
export async function planRun(request: PlanRequest, deps: PlanDeps): Promise<Plan> {
  return (await resolvePlan(request, deps)).plan;
}

/** As `planRun`, with the prepared steps. */
export async function resolvePlan(request: PlanRequest, deps: PlanDeps): Promise<ResolvedPlan> {
  const config = deps.config.current();
  const written = findRunbook(config, request.runbook);
  const incident = request.incident === null ? null : await findIncident(request.incident, deps.incident);
  const incidentService = incident?.service ?? null;
  const parameters = readParameters(written, request.parameters, { config, incidentService });
  const { driverOf, shellOf, doors, kindOf } = deps;
  const { steps, verify } = await prepareSteps(written, parameters, request.incident, {
    ...{ config, driverOf, shellOf, doors, kindOf },
  });
  const all = [...steps, ...verify];
  const { risk, because } = riskOf(
    written,
    scopeOf(parameters, config),
    all.map(({ prepared }) => prepared),
  );
  const runbook = { ...written, risk };
  const changed = [...new Set(all.flatMap(({ prepared }) => prepared.changes))];
  const services = changed.filter((name) => !name.startsWith('host:'));
  const locks = changed.map((name) => lockOf(name, config));
  const frozen = await deps.frozenBy({ runbook, services, incident: request.incident });
  const targets = distinctTargets(all);
  const plan: Plan = {
    hash: hashOf(runbook, parameters, all),
    runbook: runbook.runbook,
    risk,
    ...(because.length === 0 ? {} : { riskBecause: because }),
    parameters,
    targets,
    steps: steps.map(({ prepared }) => prepared.planned),
    verify: verify.map(({ prepared }) => prepared.planned),
    needs: needsOf(
      { runbook, riskBecause: because, services, steps: all.flatMap(({ prepared }) => prepared.needs ?? []), frozen },
      config,
    ),
    blockedBy: [
      ...(incident?.status === 'closed' ? [{ kind: 'incident', reason: `${request.incident} is closed` }] : []),
      ...doubleIds(all),
      ...tooMany(runbook, targets),
      ...all.flatMap(({ prepared }) => prepared.blockedBy),
      ...(await lockBlocks(locks, deps.heldBy)),
      ...(await coolDownBlocks(runbook, locks, deps)),
    ],
    bindings: Object.fromEntries(all.map(({ config: { id }, binding }) => [id, binding])),
  };
  const service = services[0] ?? namedService(runbook, parameters);
  return { plan, runbook, steps, verify, locks, service, incident };
}

/** The probes that `verify` of a runbook runs, for these parameters; what cannot be resolved any more is left out. */
export function verifyProbes(runbook: RunbookConfig, parameters: Parameters, config: Config): string[] {
  const scope = scopeOf(parameters, config);
  const named = runbook.verify.filter((step) => step.kind === 'probe').map((step) => substitute(step.body, scope));
  return [...new Set(named.flat())].filter((name) => typeof name === 'string');
}

/** A runbook by its name; an unknown one is refused with what there is. */
export function findRunbook(config: Config, name: string): RunbookConfig {
  const runbook = runbookOf(config, name);
  if (runbook !== undefined) return runbook;
  const names = Object.keys(config.runbooks);
  const there = names.length === 0 ? 'There is none yet' : `There is: ${names.join(', ')}`;
  throw refuse('RUNBOOK_UNKNOWN', `There is no runbook "${shown(name)}".`, `${there}${didYouMean(name, names)}.`);
}

async function findIncident(id: string, incident: IncidentFacts): Promise<IncidentFact> {
  const found = await incident(id);
  if (found !== null) return found;
  throw refuse('INCIDENT_UNKNOWN', `There is no incident "${shown(id)}".`, 'List them with: gianna-ops incidents.');
}

/** Everything that a person agrees to, and nothing that moves while they read. */
function hashOf(runbook: RunbookConfig, parameters: Parameters, steps: readonly ResolvedStep[]): string {
  const bound = {
    runbook,
    parameters,
    steps: steps.map(({ prepared: { planned, targets, facts } }) => ({ planned, targets, facts })),
  };
  return createHash('sha256').update(canonicalJson(bound)).digest('hex');
}

function distinctTargets(steps: readonly ResolvedStep[]): PlanTarget[] {
  const byName = new Map(
    steps
      .flatMap(({ prepared }) => prepared.targets)
      .map((target) => [`${target.host}/${target.service}/${target.id}`, target]),
  );
  return [...byName.values()];
}

function doubleIds(steps: readonly ResolvedStep[]): Plan['blockedBy'] {
  const ids = steps.map(({ prepared }) => prepared.planned.id);
  const doubled = ids.filter((id, index) => ids.indexOf(id) !== index);
  return [...new Set(doubled)].map((id) => ({ kind: 'runbook', reason: `two steps are called "${id}"` }));
}

function tooMany({ mostTargets }: RunbookConfig, targets: readonly PlanTarget[]): Plan['blockedBy'] {
  if (mostTargets === null || targets.length <= mostTargets) return [];
  const reason = `it would act on ${targets.length} targets, and ${mostTargets} is the most at once`;
  return [{ kind: 'targets', reason }];
}

async function lockBlocks(locks: readonly string[], heldBy: PlanDeps['heldBy']): Promise<Plan['blockedBy']> {
  const blocks: Array<{ kind: string; reason: string }> = [];
  for (const lock of locks) {
    const holder = await heldBy(lock);
    if (holder !== null) blocks.push({ kind: 'running', reason: `already running: ${holder}` });
  }
  return blocks;
}

async function coolDownBlocks(
  runbook: RunbookConfig,
  locks: readonly string[],
  { coolingDown }: PlanDeps,
): Promise<Plan['blockedBy']> {
  if (runbook.cooldownSeconds === null) return [];
  const seconds = await coolingDown(runbook, locks);
  if (seconds <= 0) return [];
  return [{ kind: 'cooldown', reason: `${runbook.runbook} ran there lately: again in ${formatDuration(seconds)}` }];
}
