import type { StepData } from '../../core/config/config.ts';
import type { ScaleChange, ScaleResult, ServiceDriver, ServiceTarget } from '../../hosts/driver.ts';
import type { Drain } from './drain.ts';
import { gate } from './gate.ts';
import type { PreparedUnit, UnitOutcome } from './step.ts';

/** What one copy, or the number of a Swarm service, is changed with. */
export interface ScaleMeans {
  readonly driver: ServiceDriver;
  readonly drain: Drain | null;
}

/** One change as a unit: drained before it goes, well before it is put into service. */
export function scaleUnit(
  change: ScaleChange,
  results: { readonly from: number; readonly to: number },
  { driver, drain }: ScaleMeans,
): PreparedUnit {
  let now: ServiceTarget = change.target;
  const leaves = change.kind === 'remove' || change.kind === 'stop';
  return {
    name: change.target.name,
    run: async (deps): Promise<UnitOutcome> => {
      const wrong = leaves ? await drain?.out(change.target, deps) : null;
      if (typeof wrong === 'string') return { status: 'failed', summary: `${wrong}; it was left as it is` };
      const result = await driver.scaling?.change(change, deps.key);
      if (result === undefined) return { status: 'failed', summary: `${change.target.service} has no copies` };
      now = result.target ?? now;
      const undo = undoOf(result, now);
      return {
        status: result.outcome === 'not-done' ? 'failed' : result.outcome,
        summary: result.summary,
        results: { ...results },
        ...(undo === null ? {} : { undo }),
      };
    },
    ...(leaves || (change.kind === 'set' && results.to === 0)
      ? {}
      : {
          gate: (limits, deps) => gate(now, limits, deps),
          settle: async (deps) => (await drain?.back(now, deps)) ?? null,
        }),
  };
}

function undoOf({ undo }: ScaleResult, { service, id }: ServiceTarget): StepData | null {
  if (undo === undefined) return null;
  if ('action' in undo) {
    const { kind, ...keys } = undo.action;
    return { kind: `service.${kind}`, body: { service, target: id, ...keys } };
  }
  if ('without' in undo) return { kind: 'service.scale', body: { service, without: undo.without } };
  const replicas = 'to' in undo ? String(undo.to) : undo.by < 0 ? String(undo.by) : `+${undo.by}`;
  return { kind: 'service.scale', body: { service, replicas } };
}
