import * as z from 'zod';
import { type ActionResult, RESTART_MODES, type RestartMode, type ServiceTarget } from '../../hosts/driver.ts';
import { type StableLimits, watchStable } from '../../hosts/watch-stable.ts';
import { type PreparedStep, readBody, type StepKind, type StepOutcome, type StepRunDeps } from './step.ts';
import { type FoundTargets, findTargets } from './targets.ts';

const Body = z.object({ service: z.string(), mode: z.enum(RESTART_MODES).default('graceful') });

/** In `rolling`, how a restarted target must show itself before the next one goes. */
const GATE: StableLimits = { healthyWithinMs: 90_000, stableMs: 3000 };

/**
 * Restarts each target of a service, one after the other, each once. The first that does not come to `done` ends the
 * step: the rest is left alone and named. In `rolling` each must be well again before the next goes.
 */
export const serviceRestartStep: StepKind = {
  kind: 'service.restart',
  plan: async (input, { driverOf }) => {
    const { service, mode } = readBody(Body, input);
    const found = await findTargets(service, driverOf);
    return prepare({ id: input.id, service, mode, found });
  },
};

interface Restart {
  readonly id: string;
  readonly service: string;
  readonly mode: RestartMode;
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
      run: async () => ({ status: 'failed', summary: found.reason, checks: null }),
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
    run: (deps) => restartAll({ id, service, mode, targets: targets.map(({ target }) => target) }, deps),
  };
}

interface RestartAll {
  readonly id: string;
  readonly service: string;
  readonly mode: RestartMode;
  readonly targets: readonly ServiceTarget[];
}

async function restartAll(what: RestartAll, deps: StepRunDeps): Promise<StepOutcome> {
  const { targets, mode } = what;
  const driver = deps.driverOf(what.service);
  const said: string[] = [];
  for (const [index, target] of targets.entries()) {
    const result = await driver.restart(target, mode, keyOf(what, deps.run, index));
    said.push(result.summary);
    if (result.outcome !== 'done') return stopped(result, said, targets.slice(index + 1));
    const isLast = index === targets.length - 1;
    if (mode !== 'rolling' || isLast) continue;
    const gate = await watchStable(driver, target, GATE, deps.clock, deps.signal);
    if (gate.stable) continue;
    said.push(`${target.name} did not come back well: ${gate.reason}`);
    return stopped({ outcome: 'not-done', summary: '' }, said, targets.slice(index + 1));
  }
  return { status: 'done', summary: said.join('; '), checks: null };
}

/** `RUN-1-restart`; a further target of the same step has its place added. */
function keyOf({ id }: RestartAll, run: string, index: number): string {
  return index === 0 ? `${run}-${id}` : `${run}-${id}-${index + 1}`;
}

function stopped(result: ActionResult, said: readonly string[], left: readonly ServiceTarget[]): StepOutcome {
  const rest = left.length === 0 ? [] : [`not touched: ${left.map(({ name }) => name).join(', ')}`];
  return {
    status: result.outcome === 'unknown' ? 'unknown' : 'failed',
    summary: [...said, ...rest].join('; '),
    checks: null,
  };
}
