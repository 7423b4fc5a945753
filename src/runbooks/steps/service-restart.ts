import * as z from 'zod';
import { RESTART_MODES, type RestartMode, type ServiceTarget } from '../../hosts/driver.ts';
import { watchStable } from '../../hosts/watch-stable.ts';
import type { PreparedStep, PreparedUnit, StepKind } from './step.ts';
import { type FoundTargets, findTargets } from './targets.ts';

interface Body {
  readonly service: string;
  readonly mode: RestartMode;
}

/** Restarts each target of a service, one after the other, each once; in `rolling` each must be well before the next goes. */
export const serviceRestartStep: StepKind<Body> = {
  kind: 'service.restart',
  says: 'Restarts a service: mode graceful, forced or rolling.',
  body: (value) =>
    z.strictObject({
      service: value(z.string().min(1)).describe('Service that is restarted.'),
      mode: value(z.enum(RESTART_MODES)).default('graceful').describe('graceful, forced or rolling.'),
    }),
  needsHosts: false,
  mutates: () => true,
  isIdempotent: () => false,
  results: ['count'],
  plan: async ({ service, mode }, { id }, { driverOf }) => {
    const found = await findTargets(service, driverOf);
    return prepare({ id, service, mode, found });
  },
};

interface Restart extends Body {
  readonly id: string;
  readonly found: FoundTargets;
}

function prepare({ id, service, mode, found }: Restart): PreparedStep {
  const step = { id, kind: 'service.restart', mutates: true } as const;
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
  const calls = targets.map(({ target }) => driver.planRestart(target, mode));
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
    ...(mode === 'rolling' ? { rolling: GENTLE } : {}),
    units: targets.map(({ target }) => unitOf(target, mode)),
  };
}

/** `mode: rolling` without words of its own: one after the other, each well for a while. */
const GENTLE = { batch: { count: 1 }, healthyWithinSeconds: 90, stableSeconds: 3, probe: null } as const;

function unitOf(target: ServiceTarget, mode: RestartMode): PreparedUnit {
  return {
    name: target.name,
    run: async ({ driverOf, key }) => {
      const { outcome, summary } = await driverOf(target.service).restart(target, mode, key);
      return { status: outcome === 'not-done' ? 'failed' : outcome, summary };
    },
    gate: async (limits, { driverOf, clock, signal }) => {
      const seen = await watchStable(driverOf(target.service), target, limits, clock, signal);
      return seen.stable ? { isWell: true, reason: '' } : { isWell: false, reason: seen.reason };
    },
  };
}
