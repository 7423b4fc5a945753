import { createHash } from 'node:crypto';
import type { Config, RunbookConfig, StepConfig } from '../core/config/config.ts';
import { refuse } from '../core/errors.ts';
import { canonicalJson } from '../core/json.ts';
import { tellConditions } from './conditions.ts';
import type { Parameters } from './parameters.ts';
import { hostsOf } from './step-hosts.ts';
import { stepKind } from './steps/registry.ts';
import { type PreparedStep, readBody, type StepInput, type StepKind, type StepPlanDeps } from './steps/step.ts';
import { holdGiven, isPending, type Scope, scopeOf, substitute } from './substitute.ts';

/** A step of a run with the means to carry it out. */
export interface ResolvedStep {
  readonly config: StepConfig;
  readonly prepared: PreparedStep;
  /** Digest of what the step is bound to: its targets, calls and facts. */
  readonly binding: string;
  /** Its targets need not wait for one another. */
  readonly isParallel: boolean;
  /** May be repeated by itself. */
  readonly isIdempotent: boolean;
  /** It refers to results of earlier steps: what it will do exactly is known when it runs. */
  readonly isPending: boolean;
}

/** What a step is planned with besides its own keys. */
export interface StepSurroundings extends Pick<StepInput, 'changed' | 'service' | 'incident' | 'isLate'> {
  /** What `${…}` may name; null: everything was put in already, and nothing is read again. */
  readonly scope: Scope | null;
}

/** Resolves the steps of a runbook one after the other; each knows what those before it change. */
export async function prepareSteps(
  runbook: RunbookConfig,
  parameters: Parameters,
  incident: string | null,
  deps: StepPlanDeps,
): Promise<{ readonly steps: readonly ResolvedStep[]; readonly verify: readonly ResolvedStep[] }> {
  const scope = scopeOf(parameters, deps.config);
  const service = namedService(runbook, parameters);
  const changed: string[] = [];
  const prepareAll = async (written: readonly StepConfig[]) => {
    const prepared: ResolvedStep[] = [];
    for (const step of written) {
      const next = await prepareStep(step, { scope, changed: [...changed], service, incident }, deps);
      changed.push(...next.prepared.changes);
      prepared.push(next);
    }
    return prepared;
  };
  return { steps: await prepareAll(runbook.steps), verify: await prepareAll(runbook.verify) };
}

/** Resolves one step: what it refers to is put in, its targets are looked up. Changes nothing. */
export async function prepareStep(
  step: StepConfig,
  around: StepSurroundings,
  deps: StepPlanDeps,
): Promise<ResolvedStep> {
  const kind = kindOf(step, deps);
  const { scope } = around;
  const put = (written: unknown) => (scope === null ? written : substitute(written, scope));
  const hosts = kind.needsHosts ? hostsOf(put(step.on), deps.config) : [];
  // An undo that knows no hosts must not show when it is needed.
  if ((step.undo?.on ?? null) !== null) hostsOf(put(step.undo?.on), deps.config);
  if (scope !== null && isPending(step.body, scope)) return pendingStep(step, kind, hosts, scope);
  const body = readBody(kind, step.id, put(step.body));
  const { changed, service, incident, isLate = false } = around;
  const timeoutMs = step.timeoutSeconds === null ? null : step.timeoutSeconds * 1000;
  const prepared = await kind.plan(body, { id: step.id, hosts, changed, service, incident, isLate, timeoutMs }, deps);
  const hold = step.hold === null || scope === null ? step.hold : holdGiven(step.hold, scope);
  return resolved(step, withWords(step, prepared, hold), kind.needsHosts, kind.isIdempotent(body));
}

/** The service that a parameter names, the first one. */
export function namedService(runbook: RunbookConfig, parameters: Parameters): string | null {
  const name = Object.entries(runbook.parameters).find(([, parameter]) => parameter.type === 'service')?.[0];
  const value = name === undefined ? undefined : parameters[name];
  return typeof value === 'string' ? value : null;
}

function kindOf(step: StepConfig, deps: StepPlanDeps): StepKind {
  const kind = (deps.kindOf ?? stepKind)(step.kind);
  if (kind !== undefined) return kind;
  throw refuse('RUNBOOK_STEP', `There is no kind of step called "${step.kind}".`, 'Correct the runbook file.');
}

function resolved(
  step: StepConfig,
  prepared: PreparedStep,
  needsHosts: boolean,
  isIdempotent: boolean,
  isPending = false,
): ResolvedStep {
  const { planned, targets, facts } = prepared;
  return {
    config: step,
    prepared,
    binding: createHash('sha256').update(canonicalJson({ planned, targets, facts })).digest('hex').slice(0, 32),
    isParallel: needsHosts && (step.rolling ?? prepared.rolling ?? null) === null,
    isIdempotent: step.isIdempotent ?? isIdempotent,
    isPending,
  };
}

/** A step whose exact doing shows when the results before it are there. */
function pendingStep(step: StepConfig, kind: StepKind, hosts: readonly string[], scope: Scope): ResolvedStep {
  const mutates = isMutating(kind, step.body);
  const service = serviceIn(step.body, scope);
  const targets = [...hosts, ...(service === null ? [] : [service])];
  const changes = mutates ? [...hosts.map((host) => `host:${host}`), ...(service === null ? [] : [service])] : [];
  const prepared: PreparedStep = {
    planned: {
      id: step.id,
      kind: step.kind,
      target: targets.join(', '),
      call: `known when it runs: ${canonicalJson(step.body)}`,
      effect: mutates ? 'depends on the steps before it' : 'looks, changes nothing',
      undo: null,
      mutates,
    },
    targets: [],
    facts: [],
    changes,
    probes: [],
    blockedBy: [],
    units: [],
  };
  return resolved(step, prepared, kind.needsHosts, false, true);
}

function isMutating(kind: StepKind, body: unknown): boolean {
  try {
    return kind.mutates(body);
  } catch {
    return true; // its keys cannot be read yet: taken for what is worse
  }
}

/** The service that its keys name, put in as far as it is known: a run holds it from its request on. */
function serviceIn(body: unknown, scope: Scope): string | null {
  if (body === null || typeof body !== 'object' || !('service' in body) || typeof body.service !== 'string')
    return null;
  if (isPending(body.service, scope)) return null;
  const service = substitute(body.service, scope);
  return typeof service === 'string' ? service : null;
}

/** The runbook's own words beside those of the kind: what takes it back, for how long it holds, when it is left out. */
function withWords(step: StepConfig, prepared: PreparedStep, held: string | null): PreparedStep {
  const undo = step.undo === null ? prepared.planned.undo : tellUndo(step.undo);
  const hold = held === null ? {} : { hold: held };
  const when = Object.keys(step.when).length === 0 ? {} : { when: tellConditions(step.when) };
  return { ...prepared, planned: { ...prepared.planned, undo, ...hold, ...when } };
}

function tellUndo({ kind, body, on }: NonNullable<StepConfig['undo']>): string {
  const where = on === null ? '' : ` on ${canonicalJson(on)}`;
  return `${kind} ${canonicalJson(body)}${where}`;
}

/** The configuration's word on where a lock of a changed thing lies: `docker-1/gianna`, `web-1/*`. */
export function lockOf(changed: string, config: Config): string {
  if (changed.startsWith('host:')) return `${changed.slice('host:'.length)}/*`;
  return `${config.services[changed]?.host ?? '?'}/${changed}`;
}
