import type { StepData } from '../../core/config/config.ts';
import type { ServiceAction, ServiceTarget } from '../../hosts/driver.ts';
import type { Drain } from './drain.ts';
import { gate } from './gate.ts';
import type { PreparedStep, PreparedUnit, UnitOutcome } from './step.ts';
import type { FoundTargets } from './targets.ts';

/** One action on all targets of a service that were found. */
export interface ActionPlan {
  readonly id: string;
  readonly kind: `service.${ServiceAction['kind']}`;
  readonly service: string;
  readonly action: ServiceAction;
  readonly found: FoundTargets;
  /** Of a restart: what keeps new requests from a target meanwhile; absent: nothing. */
  readonly drain?: Drain | null;
}

/** A step of one unit a target; what stands in its way goes into `blockedBy`. */
export function prepareAction({ id, kind, service, action, found, drain = null }: ActionPlan): PreparedStep {
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
      effect: [...calls.map(({ effect }) => effect), ...(drain === null ? [] : [drain.says, drain.saysBack])].join(
        '; ',
      ),
      undo: undo.length === 0 ? null : undo.join('; '),
    },
    targets: targets.map(({ target }) => ({ host: target.host, service: target.service, id: target.id })),
    facts: targets.map(({ observed }) => observed.facts),
    blockedBy: [],
    units: targets.map(({ target }) => unitOf(target, action, drain)),
  };
}

function unitOf(target: ServiceTarget, action: ServiceAction, drain: Drain | null): PreparedUnit {
  return {
    name: target.name,
    run: async (deps): Promise<UnitOutcome> => {
      const wrong = (await drain?.out(target, deps)) ?? null;
      if (wrong !== null) return { status: 'failed', summary: `${wrong}; nothing else was done to it` };
      const { outcome, summary, undo } = await deps.driverOf(target.service).act(target, action, deps.key);
      const isLeftOut = drain !== null && outcome !== 'done';
      return {
        status: outcome === 'not-done' ? 'failed' : outcome,
        summary: isLeftOut ? `${summary}; it gets no requests until it is put back` : summary,
        ...(undo === undefined ? {} : { undo: undoStep(target, undo) }),
      };
    },
    ...(action.kind === 'stop' ? {} : { gate: (limits, deps) => gate(target, limits, deps) }),
    ...(drain === null ? {} : { settle: (deps) => drain.back(target, deps) }),
  };
}

/** The way back of one target, by its id: others of its service are not for this to touch. */
function undoStep({ service, id }: ServiceTarget, { kind, ...keys }: ServiceAction): StepData {
  return { kind: `service.${kind}`, body: { service, target: id, ...keys } };
}
