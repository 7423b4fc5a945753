import * as z from 'zod';
import { OpsError, refuse } from '../../core/errors.ts';
import type { ScalePlan, ServiceDriver, WantedCopies } from '../../hosts/driver.ts';
import { type Drain, drainOf } from './drain.ts';
import { scaleUnit } from './scale-unit.ts';
import type { PreparedStep, StepInput, StepKind, StepPlanDeps } from './step.ts';

interface Body {
  readonly service: string;
  readonly replicas?: string | number | undefined;
  readonly without?: string | undefined;
}

/** One after the other, each well before the next. */
const GENTLE = { batch: { count: 1 }, healthyWithinSeconds: 90, stableSeconds: 3, probe: null } as const;
const NUMBER = /^([+-]?)(\d{1,4})$/;

/**
 * Gives a service more copies, or fewer, one after the other: each must be well before the next, and the first that is
 * not ends the step, so that what there is then is said exactly. Not to be repeated by itself: `+1` twice is two more.
 */
export const serviceScaleStep: StepKind<Body> = {
  kind: 'service.scale',
  says: 'Gives a service more copies, or fewer: a number, +1 or -1; undone by going back.',
  body: (value) =>
    z
      .strictObject({
        service: value(z.string().min(1)).describe('Service that is scaled.'),
        replicas: value(z.union([z.int().min(0).max(9999), z.string().regex(NUMBER, 'must be a number, +1 or -1')]))
          .optional()
          .describe('How many it has afterwards, or "+1", "-1": so many more or fewer.'),
        without: value(z.string().min(1)).optional().describe('In place of a number: without the copy of this id.'),
      })
      .refine(
        ({ replicas, without }) => (replicas === undefined) !== (without === undefined),
        'must have either replicas or without',
      ) as unknown as z.ZodType<Body>,
  needsHosts: false,
  mutates: () => true,
  isIdempotent: () => false,
  results: ['from', 'to'],
  plan: async (body, input, deps) => {
    const { service } = body;
    const found = await planCopies(body, deps);
    if (typeof found === 'string') return blocked(input, service, [{ kind: 'scale', reason: found }]);
    const { driver, plan } = found;
    const limits = body.without === undefined ? whyOutside(service, plan, deps) : [];
    const drained = drainOf(service, deps);
    const reasons = [...plan.blockedBy, ...limits, ...(drained.kind === 'blocked' ? [drained.reason] : [])];
    if (reasons.length > 0)
      return blocked(
        input,
        service,
        reasons.map((reason) => ({ kind: 'scale', reason })),
      );
    return prepared(input, service, plan, { driver, drain: drained.kind === 'drain' ? drained.drain : null });
  },
};

/** The plan of the driver, or why there is none. */
async function planCopies(
  { service, replicas, without }: Body,
  { driverOf }: StepPlanDeps,
): Promise<{ readonly driver: ServiceDriver; readonly plan: ScalePlan } | string> {
  try {
    const driver = driverOf(service);
    if (driver.scaling === undefined) return `${service} (${driver.kind}) is one: it has no copies`;
    const wanted = without === undefined ? wantedOf(String(replicas)) : { without };
    return { driver, plan: await driver.scaling.plan(wanted) };
  } catch (error) {
    if (!(error instanceof OpsError) || error.family === 'bug') throw error;
    return `${error.message} ${error.remedy}`;
  }
}

function wantedOf(text: string): WantedCopies {
  const [, sign = '', digits] = NUMBER.exec(text) ?? [];
  if (digits === undefined) throw refuse('RUNBOOK_STEP', `"${text}" is no number of copies.`, 'Write 3, +1 or -1.');
  const number = Number(digits);
  return sign === '' ? { to: number } : { by: sign === '+' ? number : -number };
}

function whyOutside(service: string, { from, to }: ScalePlan, { config }: StepPlanDeps): string[] {
  const { min, max } = config.services[service]?.scale ?? { min: 0, max: 10 };
  if (to > max && to > from) return [`${service} would have ${to}, and ${max} is the most (scale.max of hosts.yml)`];
  if (to < min && to < from) return [`${service} would have ${to}, and ${min} is the least (scale.min of hosts.yml)`];
  return [];
}

function prepared(
  { id }: StepInput,
  service: string,
  plan: ScalePlan,
  how: { readonly driver: ServiceDriver; readonly drain: Drain | null },
): PreparedStep {
  const { changes, from, to } = plan;
  const calls = changes.map(({ call }) => call.call);
  const undo = changes.flatMap(({ call }) => call.undo ?? []);
  const drains = changes.some(({ kind }) => kind === 'remove' || kind === 'stop');
  const joins = changes.some(({ kind }) => kind === 'add' || kind === 'start');
  const effects = [
    changes.length === 0
      ? `nothing: ${from} run already`
      : `${from} → ${to}: ${changes.map(({ call }) => call.effect).join('; ')}`,
    ...(how.drain !== null && drains ? [how.drain.says] : []),
    ...(how.drain !== null && joins ? [how.drain.saysBack] : []),
  ];
  return {
    planned: {
      id,
      kind: 'service.scale',
      target: changes.length === 0 ? service : changes.map(({ target }) => target.name).join(', '),
      call: calls.length === 0 ? 'no call' : calls.join('; '),
      effect: effects.join('; '),
      undo: undo.length === 0 ? null : undo.join('; '),
      mutates: true,
    },
    targets: changes.map(({ target }) => ({ host: target.host, service: target.service, id: target.id })),
    facts: [{ ...plan.facts, from: String(from), to: String(to) }],
    changes: [service],
    probes: [],
    blockedBy: [],
    rolling: GENTLE,
    ...(to === 0 && from > 0 ? { raises: { risk: 'R3', because: `nothing of ${service} would be left running` } } : {}),
    units:
      changes.length === 0
        ? [
            {
              name: '-',
              run: async () => ({ status: 'done', summary: `${service}: ${from} run already`, results: { from, to } }),
            },
          ]
        : changes.map((change) => scaleUnit(change, { from, to }, how)),
  };
}

function blocked({ id }: StepInput, service: string, blockedBy: PreparedStep['blockedBy']): PreparedStep {
  const planned = {
    id,
    kind: 'service.scale',
    target: service,
    call: '',
    effect: 'nothing: see blockedBy',
    undo: null,
  };
  return {
    planned: { ...planned, mutates: true },
    targets: [],
    facts: [],
    changes: [service],
    probes: [],
    blockedBy,
    units: [],
  };
}
