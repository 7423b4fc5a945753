import type { Clock } from '../core/clock.ts';
import type { Actor, Command, Outcome } from '../core/command.ts';
import type { Risk } from '../core/config/config.ts';
import { OpsError, refuse } from '../core/errors.ts';
import type { AggregateChange, Batch, EffectChange, Journal } from '../journal/port.ts';
import { type PlanDeps, type ResolvedPlan, resolvePlan } from './plan.ts';
import { decideRun } from './run.ts';
import { changeLock, changeRun, RUN_KIND } from './run-change.ts';
import { createTexts, type RunLog, type Texts } from './run-log.ts';
import { RunArgs } from './schema.ts';

/** Whether somebody may run something of this risk now; asked at the request and again at the start. */
export type MayRun = (
  actor: Actor,
  risk: Risk,
  service: string | null,
) => Promise<{ readonly allowed: boolean; readonly reason: string }>;

/** What a command came to, for the inbox: the batch that makes it true, and the words for the asker. */
export interface RunRequestDecision {
  readonly batch: Batch | null;
  readonly outcome: Outcome;
}

export interface RequestDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: RunLog;
  readonly planDeps: PlanDeps;
  readonly mayRun: MayRun;
  readonly refused: (code: string) => void;
}

/** A host that does not answer must not hold up the people behind this request in the inbox. */
const PLAN_WITHIN_MS = 5000;

/**
 * Decides the command `run`: plans again, checks the plan that the person saw, the rights and what stands in the way,
 * then asks for the run and takes its targets in one transaction. Nothing has been done yet when it is accepted.
 */
export async function requestRun(command: Command, deps: RequestDeps): Promise<RunRequestDecision> {
  try {
    return await accept(command, deps);
  } catch (error) {
    if (!(error instanceof OpsError) || error.family !== 'refusal') throw error;
    deps.refused(error.code);
    return {
      batch: null,
      outcome: { kind: 'refused', code: error.code, text: error.message, remedy: error.remedy },
    };
  }
}

async function accept(command: Command, deps: RequestDeps): Promise<RunRequestDecision> {
  const args = readArgs(command);
  const incident = command.incident ?? null;
  const planning = resolvePlan({ runbook: args.runbook, parameters: args.parameters, incident }, deps.planDeps);
  const resolved = await within(planning, deps.clock);
  const { plan, service } = resolved;
  const right = await deps.mayRun(command.by, plan.risk, service);
  if (!right.allowed)
    throw refuse('NOT_ALLOWED', right.reason, `Ask somebody who is ${plan.needs.roles.join(' or ')}.`);
  refuseBlocked(resolved);
  refuseChanged(resolved, args.planHash);
  const id = `RUN-${await deps.journal.nextNumber(RUN_KIND)}`;
  const what = service === null ? plan.runbook : `${plan.runbook} of ${service}`;
  return {
    batch: await requestBatch({ id, command, resolved, reason: args.reason ?? null, incident }, deps),
    outcome: { kind: 'done', text: `${id}: ${what} is accepted.`, run: id, ...(incident === null ? {} : { incident }) },
  };
}

function readArgs(command: Command): RunArgs {
  const read = RunArgs.safeParse(command.args);
  if (read.success) return read.data;
  const field = read.error.issues[0]?.path.join('.') ?? '';
  throw refuse(
    'RUN_MALFORMED',
    `The request to run something cannot be read: ${field}.`,
    'Name a runbook and its parameters.',
  );
}

function refuseBlocked({ plan }: ResolvedPlan): void {
  const [block] = plan.blockedBy;
  if (block === undefined) return;
  if (block.kind === 'running') {
    throw refuse('ALREADY_RUNNING', `${capital(block.reason)}.`, 'Wait for it to end; `gianna-ops runs` shows it.');
  }
  throw refuse(
    'RUN_BLOCKED',
    `${plan.runbook} cannot run now: ${block.reason}`,
    'Nothing was done. Mend that and ask again.',
  );
}

function refuseChanged({ plan }: ResolvedPlan, seen: string | undefined): void {
  if (seen === undefined || seen === plan.hash) return;
  const targets = plan.steps.filter((step) => step.mutates).map((step) => step.target);
  throw refuse(
    'PLAN_CHANGED',
    `This changed since you saw it: it would act on ${targets.join(', ') || 'nothing'} now. Nothing was done.`,
    'Look at the new plan and ask again.',
  );
}

interface Asked {
  readonly id: string;
  readonly command: Command;
  readonly resolved: ResolvedPlan;
  readonly reason: string | null;
  readonly incident: string | null;
}

async function requestBatch(asked: Asked, deps: RequestDeps): Promise<Batch> {
  const { id, incident, resolved } = asked;
  const actor = asked.command.by;
  const at = deps.clock.now();
  const texts = createTexts();
  const decision = decideRun(null, { kind: 'request', ...requested(asked, texts) });
  if (decision.kind === 'impossible') throw new Error(`${id} ${decision.reason}`);
  const locks = await takeLocks(resolved.locks, id, { at, actor }, deps);
  const ask: EffectChange = { op: 'ask', key: `run|${id}`, kind: 'run', incident, data: { run: id } };
  return {
    at,
    actor,
    aggregates: [changeRun(null, { id, at, actor, incident }, decision.events), ...locks],
    payloads: texts.payloads,
    effects: [ask],
  };
}

/** The locks as they are now, not as the plan saw them: the version read here is the one that the append checks. */
async function takeLocks(
  targets: readonly string[],
  run: string,
  by: { readonly at: number; readonly actor: string },
  { log, planDeps }: RequestDeps,
): Promise<AggregateChange[]> {
  const changes: AggregateChange[] = [];
  for (const target of targets) {
    const row = await log.lock(target);
    if (row !== null && row.state.run !== null) throw alreadyRunning((await planDeps.heldBy(target)) ?? row.state.run);
    changes.push(changeLock(row, { target, run, what: 'taken' }, by));
  }
  return changes;
}

function alreadyRunning(holder: string): OpsError {
  return refuse('ALREADY_RUNNING', `Already running: ${holder}.`, 'Wait for it to end; `gianna-ops runs` shows it.');
}

function requested({ resolved, reason }: Asked, texts: Texts) {
  const { plan, service, locks } = resolved;
  return {
    runbook: plan.runbook,
    service,
    risk: plan.risk,
    plan: texts.json(plan),
    planHash: plan.hash,
    locks: [...locks],
    reason: reason === null || reason.trim() === '' ? null : texts.line(reason),
    steps: [...plan.steps, ...plan.verify].map(({ id, kind }) => ({ id, kind })),
  };
}

async function within<T>(work: Promise<T>, clock: Clock): Promise<T> {
  let cancel = () => {};
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(PLAN_WITHIN_MS, () => {
      const seconds = PLAN_WITHIN_MS / 1000;
      reject(
        refuse(
          'HOST_SILENT',
          `The host did not answer within ${seconds} s. Nothing was done.`,
          'Look at the host, then ask again.',
        ),
      );
    });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
