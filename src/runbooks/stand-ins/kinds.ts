import type { CheckResult } from '../../probes/check.ts';
import { stepKind } from '../steps/registry.ts';
import type { KindOf, PreparedStep, PreparedUnit, StepKind, UnitOutcome } from '../steps/step.ts';
import type { Tell } from './shell.ts';

type Results = NonNullable<UnitOutcome['results']>;

/** What a rehearsal is told about steps, by their ids. */
export interface Script {
  /** These fail, before they have done anything. */
  readonly fail: ReadonlySet<string>;
  /** These results they give, beside or in place of their own. */
  readonly results: Readonly<Record<string, Results>>;
}

/**
 * Kinds that reach the outside through shells, drivers, probes and doors alone, where stand-ins stand: they are carried
 * out as they are. Every other kind, a new one too, is planned and told, and never carried out.
 */
const THROUGH_DOORS: ReadonlySet<string> = new Set([
  ...['probe', 'service.restart', 'service.start', 'service.stop', 'wait', 'command', 'file', 'file.restore'],
  ...['firewall', 'silence', 'silence.lift', 'notify', 'ask'],
]);

/** Results of kinds that are not carried out, as when all goes well. */
const WELL: Readonly<Record<string, (body: Record<string, unknown>) => Results>> = {
  http: ({ expect }) => ({ status: firstOf((expect as { status?: unknown }).status, 200) }),
  redis: () => ({ reply: 'OK' }),
  sqlite: ({ mutates }) => (mutates === true ? { changes: 1 } : { rows: 1 }),
  until: ({ is }) => ({ result: firstOf(is, 'ok'), seconds: 0 }),
};

/** The kinds of step as a rehearsal has them. */
export function createStandInKinds(script: Script, tell: Tell): KindOf {
  return (name) => {
    const kind = stepKind(name);
    return kind === undefined ? undefined : standInFor(kind, script, tell);
  };
}

function standInFor(kind: StepKind, script: Script, tell: Tell): StepKind {
  const isCarriedOut = THROUGH_DOORS.has(kind.kind);
  return {
    ...kind,
    plan: async (body, input, deps) => {
      const step = await kind.plan(body, input, deps);
      const tellStep = () => {
        tell(`${kind.kind}: ${step.planned.call}`);
        return { status: 'done', summary: 'not carried out; taken as done', results: wellOf(kind, body) } as const;
      };
      const units = step.units.map((unit) =>
        scripted(isCarriedOut ? unit : notCarriedOut(unit, tellStep), step, script),
      );
      // what it saw of this machine stands in nobody's way
      return { ...step, units, blockedBy: isCarriedOut ? step.blockedBy : [] };
    },
  };
}

function notCarriedOut(unit: PreparedUnit, outcome: () => UnitOutcome): PreparedUnit {
  return { name: unit.name, run: async () => outcome() };
}

function scripted(unit: PreparedUnit, { planned: { id } }: PreparedStep, { fail, results }: Script): PreparedUnit {
  const given = results[id] ?? {};
  return {
    ...unit,
    run: async (deps) => {
      if (fail.has(id)) return { status: 'failed', summary: 'made to fail' };
      const outcome = await unit.run(deps);
      const { checks } = outcome;
      return {
        ...outcome,
        results: { ...outcome.results, ...given },
        ...(checks === undefined ? {} : { checks: checks.map((check) => saying(check, given.result)) }),
      };
    },
  };
}

const SAYINGS: readonly unknown[] = ['ok', 'warn', 'fail', 'unknown'];

function saying(check: CheckResult, result: unknown): CheckResult {
  return SAYINGS.includes(result) ? { ...check, result: result as CheckResult['result'] } : check;
}

function wellOf({ kind }: StepKind, body: unknown): Results {
  const well = Object.hasOwn(WELL, kind) ? WELL[kind] : undefined;
  return well === undefined || typeof body !== 'object' || body === null ? {} : well(body as Record<string, unknown>);
}

function firstOf<T extends string | number>(value: unknown, otherwise: T): T {
  const [first] = [value].flat();
  return typeof first === typeof otherwise ? (first as T) : otherwise;
}
