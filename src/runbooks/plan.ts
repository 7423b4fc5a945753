import { createHash } from 'node:crypto';
import type { Config, ConfigSource, Risk, RunbookConfig, StepConfig } from '../core/config/config.ts';
import { refuse } from '../core/errors.ts';
import { canonicalJson } from '../core/json.ts';
import type { DriverOf } from '../hosts/driver.ts';
import type { ShellOf } from '../hosts/shell.ts';
import { didYouMean, type Parameters, readParameters, shown } from './parameters.ts';
import type { Plan, PlanTarget } from './run-state.ts';
import { stepKind } from './steps/registry.ts';
import { type PreparedStep, readBody, type StepDoors, type StepInput, type StepPlanDeps } from './steps/step.ts';
import { type Scope, scopeOf, substitute } from './substitute.ts';

export interface PlanRequest {
  readonly runbook: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** `GI-<n>`, when it is for an incident. */
  readonly incident: string | null;
}

/** An incident as runbooks need it: a function of another room, passed by app.ts. */
export type IncidentFacts = (
  id: string,
) => Promise<{ readonly status: string; readonly service: string | null } | null>;

export interface PlanDeps {
  readonly config: ConfigSource;
  readonly driverOf: DriverOf;
  readonly shellOf: ShellOf;
  readonly doors: StepDoors;
  readonly incident: IncidentFacts;
  /** The unfinished run that holds `host/service`, in words; null: it is free. */
  readonly heldBy: (target: string) => Promise<string | null>;
}

/** A plan with the means to carry it out. */
export interface ResolvedPlan {
  readonly plan: Plan;
  readonly steps: readonly PreparedStep[];
  readonly verify: readonly PreparedStep[];
  /** `host/service` of everything it changes. */
  readonly locks: readonly string[];
  readonly service: string | null;
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
  const runbook = findRunbook(config, request.runbook);
  const incident = request.incident === null ? null : await findIncident(request.incident, deps.incident);
  const parameters = readParameters(runbook, request.parameters, {
    config,
    incidentService: incident?.service ?? null,
  });
  const prepared = await prepareSteps(runbook, parameters, request.incident, {
    config,
    driverOf: deps.driverOf,
    shellOf: deps.shellOf,
    doors: deps.doors,
  });
  const all = [...prepared.steps, ...prepared.verify];
  const changed = [...new Set(all.flatMap((step) => step.changes))];
  const locks = changed.map((service) => `${config.services[service]?.host ?? '?'}/${service}`);
  const blockedBy = [
    ...riskBlocks(runbook.risk),
    ...(incident?.status === 'closed' ? [{ kind: 'incident', reason: `${request.incident} is closed` }] : []),
    ...doubleIds(all),
    ...all.flatMap((step) => step.blockedBy),
    ...(await lockBlocks(locks, deps.heldBy)),
  ];
  const plan: Plan = {
    hash: hashOf(runbook, parameters, all),
    runbook: runbook.runbook,
    risk: runbook.risk,
    parameters,
    targets: distinctTargets(all),
    steps: prepared.steps.map((step) => step.planned),
    verify: prepared.verify.map((step) => step.planned),
    needs: needsOf(runbook.risk),
    blockedBy,
  };
  return { plan, ...prepared, locks, service: changed[0] ?? namedService(runbook, parameters) };
}

/** The probes that `verify` of a runbook runs, for these parameters; what cannot be resolved any more is left out. */
export function verifyProbes(runbook: RunbookConfig, parameters: Parameters, config: Config): string[] {
  const scope = scopeOf(parameters, config);
  const named = runbook.verify.filter((step) => step.kind === 'probe').map((step) => substitute(step.body, scope));
  return [...new Set(named.flat())].filter((name) => typeof name === 'string');
}

/** A runbook by its name; an unknown one is refused with what there is. */
export function findRunbook(config: Config, name: string): RunbookConfig {
  const runbook = Object.hasOwn(config.runbooks, name) ? config.runbooks[name] : undefined;
  if (runbook !== undefined) return runbook;
  const names = Object.keys(config.runbooks);
  const there = names.length === 0 ? 'There is none yet' : `There is: ${names.join(', ')}`;
  throw refuse('RUNBOOK_UNKNOWN', `There is no runbook "${shown(name)}".`, `${there}${didYouMean(name, names)}.`);
}

async function findIncident(id: string, incident: IncidentFacts) {
  const found = await incident(id);
  if (found !== null) return found;
  throw refuse('INCIDENT_UNKNOWN', `There is no incident "${shown(id)}".`, 'List them with: gianna-ops incidents.');
}

async function prepareSteps(
  runbook: RunbookConfig,
  parameters: Parameters,
  incident: string | null,
  deps: StepPlanDeps,
) {
  const scope = scopeOf(parameters, deps.config);
  const service = namedService(runbook, parameters);
  const changed: string[] = [];
  const prepareAll = async (written: readonly StepConfig[]) => {
    const prepared: PreparedStep[] = [];
    for (const step of written) {
      const next = await prepareStep(step, scope, { changed: [...changed], service, incident }, deps);
      changed.push(...next.changes);
      prepared.push(next);
    }
    return prepared;
  };
  return { steps: await prepareAll(runbook.steps), verify: await prepareAll(runbook.verify) };
}

function prepareStep(
  step: StepConfig,
  scope: Scope,
  before: Pick<StepInput, 'changed' | 'service' | 'incident'>,
  deps: StepPlanDeps,
): Promise<PreparedStep> {
  const kind = stepKind(step.kind);
  if (kind === undefined) throw new Error(`no kind of step is called ${step.kind}`);
  const body = readBody(kind, step.id, substitute(step.body, scope));
  const timeoutMs = step.timeoutSeconds === null ? null : step.timeoutSeconds * 1000;
  return kind.plan(body, { id: step.id, hosts: [], timeoutMs, ...before }, deps);
}

function namedService(runbook: RunbookConfig, parameters: Parameters): string | null {
  const name = Object.entries(runbook.parameters).find(([, parameter]) => parameter.type === 'service')?.[0];
  const value = name === undefined ? undefined : parameters[name];
  return value === undefined ? null : String(value);
}

/** Everything that a person agrees to, and nothing that moves while they read. */
function hashOf(runbook: RunbookConfig, parameters: Parameters, steps: readonly PreparedStep[]): string {
  const bound = {
    runbook,
    parameters,
    steps: steps.map(({ planned, targets, facts }) => ({ planned, targets, facts })),
  };
  return createHash('sha256').update(canonicalJson(bound)).digest('hex');
}

function distinctTargets(steps: readonly PreparedStep[]): PlanTarget[] {
  const byName = new Map(
    steps.flatMap((step) => step.targets).map((target) => [`${target.host}/${target.service}/${target.id}`, target]),
  );
  return [...byName.values()];
}

/** CONFIG.md, Rights: R3 needs a second person. */
function needsOf(risk: Risk): Plan['needs'] {
  return risk === 'R3' ? { approvals: 1, roles: ['responder', 'approver'] } : { approvals: 0, roles: ['responder'] };
}

function riskBlocks(risk: Risk): Plan['blockedBy'] {
  if (risk !== 'R3') return [];
  return [{ kind: 'approval', reason: 'it needs a second person, which this release cannot ask yet' }];
}

function doubleIds(steps: readonly PreparedStep[]): Plan['blockedBy'] {
  const ids = steps.map((step) => step.planned.id);
  const doubled = ids.filter((id, index) => ids.indexOf(id) !== index);
  return [...new Set(doubled)].map((id) => ({ kind: 'runbook', reason: `two steps are called "${id}"` }));
}

async function lockBlocks(locks: readonly string[], heldBy: PlanDeps['heldBy']): Promise<Plan['blockedBy']> {
  const blocks: Array<{ kind: string; reason: string }> = [];
  for (const lock of locks) {
    const holder = await heldBy(lock);
    if (holder !== null) blocks.push({ kind: 'running', reason: `already running: ${holder}` });
  }
  return blocks;
}
