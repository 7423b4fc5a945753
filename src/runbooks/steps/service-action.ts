import type { StepData } from '../../core/config/config.ts';
import type { ServiceAction, ServiceDriver, ServiceTarget } from '../../hosts/driver.ts';
import { lastWords } from '../../hosts/last-words.ts';
import { watchStable } from '../../hosts/watch-stable.ts';
import type { PreparedStep, PreparedUnit, StepRunDeps } from './step.ts';
import type { FoundTargets } from './targets.ts';

/** One action on all targets of a service that were found. */
export interface ActionPlan {
  readonly id: string;
  readonly kind: `service.${ServiceAction['kind']}`;
  readonly service: string;
  readonly action: ServiceAction;
  readonly found: FoundTargets;
}

/** A step of one unit a target; what stands in its way goes into `blockedBy`. */
export function prepareAction({ id, kind, service, action, found }: ActionPlan): PreparedStep {
  const step = { id, kind, mutates: true } as const;
  const common = { changes: [service], probes: [] };
  if (found.kind === 'blocked') {
    return {
      ...common,
      planned: { ...step, target: service, call: '', effect: 'nothing: see blockedBy', undo: null },
      targets: [],
      facts: [],
      blockedBy: [{ kind: found.by, reason: found.reason }],
      units: [],
    };
  }
  const { driver, targets } = found;
  const calls = targets.map(({ target }) => driver.planAction(target, action));
  const undo = calls.map((call) => call.undo).filter((text) => text !== null);
  return {
    ...common,
    planned: {
      ...step,
      target: targets.map(({ target }) => target.name).join(', '),
      call: calls.map(({ call }) => call).join('; '),
      effect: calls.map(({ effect }) => effect).join('; '),
      undo: undo.length === 0 ? null : undo.join('; '),
    },
    targets: targets.map(({ target }) => ({ host: target.host, service: target.service, id: target.id })),
    facts: targets.map(({ observed }) => observed.facts),
    blockedBy: [],
    units: targets.map(({ target }) => unitOf(target, action)),
  };
}

function unitOf(target: ServiceTarget, action: ServiceAction): PreparedUnit {
  return {
    name: target.name,
    run: async ({ driverOf, key }) => {
      const { outcome, summary, undo } = await driverOf(target.service).act(target, action, key);
      return {
        status: outcome === 'not-done' ? 'failed' : outcome,
        summary,
        ...(undo === undefined ? {} : { undo: undoStep(target, undo) }),
      };
    },
    ...(action.kind === 'stop' ? {} : { gate: (limits, deps) => gate(target, limits, deps) }),
  };
}

/** The way back of one target, by its id: others of its service are not for this to touch. */
function undoStep({ service, id }: ServiceTarget, { kind, ...keys }: ServiceAction): StepData {
  return { kind: `service.${kind}`, body: { service, target: id, ...keys } };
}

type Gate = NonNullable<PreparedUnit['gate']>;

/** Well, or why not, with the last that it wrote. */
async function gate(target: ServiceTarget, limits: Parameters<Gate>[0], deps: StepRunDeps): ReturnType<Gate> {
  const driver = deps.driverOf(target.service);
  const seen = await watchStable(driver, target, limits, deps.clock, deps.signal);
  if (seen.stable) return { isWell: true, reason: '' };
  return { isWell: false, reason: `${seen.reason}${await sayLast(driver, target, deps)}` };
}

async function sayLast(driver: ServiceDriver, target: ServiceTarget, { clock, log }: StepRunDeps): Promise<string> {
  const lines = await lastWords(driver, target, clock);
  for (const line of lines) log(`${target.name}: ${line}\n`);
  const last = lines.at(-1);
  return last === undefined ? '' : `; its last line: ${last}`;
}
