import type { ConfigSource } from '../core/config/config.ts';
import type { LeaseKeeperDeps } from './lease/keeper.ts';
import { prepareStep } from './plan-steps.ts';
import type { RunLog } from './run-log.ts';
import { isUnfinished } from './run-record.ts';
import type { UndoStep } from './run-state.ts';
import type { UnitsDeps } from './run-units.ts';
import { stepKind } from './steps/registry.ts';
import { readBody } from './steps/step.ts';
import { substitute } from './substitute.ts';
import { bareStep } from './undo-leg.ts';

export interface KeepStepsDeps extends UnitsDeps {
  readonly config: ConfigSource;
  readonly log: RunLog;
}

/** How what a lease holds is looked at, and made so again, by the kind of its step. */
export function createKeepSteps(deps: KeepStepsDeps): Pick<LeaseKeeperDeps, 'keptBy' | 'isSo' | 'putBack'> {
  const { log, shellOf, driverOf, doors } = deps;
  return {
    keptBy: async (id, step) => {
      const run = (await log.run(id))?.state;
      if (run === undefined || isUnfinished(run)) return [];
      const state = run.steps.find((each) => each.id === step);
      if (state === undefined || state.isUndone) return [];
      return (await log.json<readonly UndoStep[]>(state.keep ?? null)) ?? [];
    },
    isSo: async (step, host, until) => {
      const kind = stepKind(step.kind);
      const holder = (await log.lock(`${host}/*`))?.state.run ?? null;
      if (kind?.isSo === undefined || holder !== null) return null;
      const body = readBody(kind, step.kind, bodyUntil(step, until));
      return kind.isSo(body, host, { config: deps.config.current(), shellOf, now: deps.clock.now() });
    },
    putBack: async (step, host, { until, key, by }) => {
      const config = bareStep('kept', step.kind, bodyUntil(step, until), { hosts: [host] });
      const around = { scope: null, changed: [], service: null, incident: null };
      const planDeps = { config: deps.config.current(), driverOf, shellOf, doors };
      const { prepared } = await prepareStep(config, around, planDeps);
      const [blocked] = prepared.blockedBy;
      const [unit] = prepared.units;
      if (blocked !== undefined || unit === undefined) return { isDone: false, summary: blocked?.reason ?? 'no unit' };
      const signal = AbortSignal.timeout(LONGEST_MS);
      const outcome = await unit.run({ ...deps, run: key, key, by, signal, log: () => {} });
      return { isDone: outcome.status === 'done', summary: deps.redact(outcome.summary) };
    },
  };
}

const LONGEST_MS = 120_000;

function bodyUntil({ body }: UndoStep, until: number): unknown {
  return substitute(body, new Map([['until', new Date(until).toISOString()]]));
}
