import type { ConfigSource } from '../core/config/config.ts';
import type { JournalReader } from '../journal/port.ts';
import type { LeaseKeeperDeps } from './lease/keeper.ts';
import { prepareStep } from './plan-steps.ts';
import { RUN_KIND } from './run-change.ts';
import type { RunLog } from './run-log.ts';
import { isUnfinished, type RunRecord } from './run-record.ts';
import type { UndoStep } from './run-state.ts';
import type { UnitsDeps } from './run-units.ts';
import { stepKind } from './steps/registry.ts';
import { readBody } from './steps/step.ts';
import { substitute } from './substitute.ts';
import { bareStep } from './undo-leg.ts';

export interface KeepStepsDeps extends UnitsDeps {
  readonly config: ConfigSource;
  readonly log: RunLog;
  readonly journal: Pick<JournalReader, 'aggregates'>;
}

/** How what a lease holds is looked at, and made so again, by the kind of its step. */
export function createKeepSteps(deps: KeepStepsDeps): Pick<LeaseKeeperDeps, 'keptBy' | 'isSo' | 'putBack'> {
  const { journal, log, shellOf, driverOf, doors } = deps;
  return {
    keptBy: async (id, step) => {
      const run = (await log.run(id))?.state;
      if (run === undefined || isUnfinished(run)) return [];
      const state = run.steps.find((each) => each.id === step);
      if (state === undefined || state.isUndone) return [];
      const keeps = (await log.json<readonly UndoStep[]>(state.keep ?? null)) ?? [];
      if (keeps.length === 0) return [];
      const later = await keptLater(state.endedAt ?? 0, { journal, log });
      return keeps.flatMap((each) => lessened(each, later));
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
      const { clock, runProbes, secretOf, redact } = deps;
      const reach = { driverOf, shellOf, doors, runProbes, secretOf, clock, redact };
      const outcome = await unit.run({ ...reach, run: key, key, by, signal, log: () => {} });
      return { isDone: outcome.status === 'done', summary: deps.redact(outcome.summary) };
    },
  };
}

/** What steps that ended later say of what they changed, those of other runs too. */
async function keptLater(at: number, { journal, log }: Pick<KeepStepsDeps, 'journal' | 'log'>): Promise<UndoStep[]> {
  const rows = await journal.aggregates<RunRecord>(RUN_KIND, { since: at });
  const steps = rows.flatMap(({ state }) => state.steps).filter(({ endedAt }) => endedAt !== null && endedAt > at);
  const found = await Promise.all(steps.map(({ keep }) => log.json<readonly UndoStep[]>(keep ?? null)));
  return found.flatMap((each) => each ?? []);
}

/** One step for each of its hosts, less what later steps did there; none, where nothing is left. */
function lessened(step: UndoStep, later: readonly UndoStep[]): UndoStep[] {
  const lessen = stepKind(step.kind)?.lessen;
  return step.hosts.flatMap((host): UndoStep[] => {
    let body: unknown = step.body;
    for (const each of later) {
      const isThere = each.kind === step.kind && each.hosts.includes(host);
      if (isThere && lessen !== undefined && body !== null) body = lessen(body, each.body);
    }
    return body === null ? [] : [{ kind: step.kind, body, hosts: [host] }];
  });
}

const LONGEST_MS = 120_000;

function bodyUntil({ body }: UndoStep, until: number): unknown {
  return substitute(body, new Map([['until', new Date(until).toISOString()]]));
}
