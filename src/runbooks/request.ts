import type { Clock } from '../core/clock.ts';
import type { Actor, Command, Outcome } from '../core/command.ts';
import type { Risk, Role } from '../core/config/config.ts';
import { OpsError, refuse } from '../core/errors.ts';
import type { AggregateRow, Batch, EffectChange, Journal } from '../journal/port.ts';
import { environmentOf } from './environment-of.ts';
import { type PlanDeps, type ResolvedPlan, resolvePlan } from './plan.ts';
import { decideRun } from './run.ts';
import { changeRun, RUN_KIND } from './run-change.ts';
import { alreadyRunning, lockChanges, type RunLog, timerChanges } from './run-log.ts';
import type { RunRecord } from './run-record.ts';
import { RunArgs } from './schema.ts';
import { createTexts, type Texts } from './texts.ts';

/** Whether somebody may run something of this risk now; asked at the request and again at the start. */
export type MayRun = (
  actor: Actor,
  risk: Risk,
  service: string | null,
  /** Our word for the channel of the incident it is for, and the roles that the runbook itself names. */
  about?: {
    readonly channel: string | null;
    readonly who: readonly Role[];
    /** The one environment that it is all in; null or absent: there is none. */
    readonly environment?: string | null;
  },
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
}

/** A host that does not answer must not hold up the people behind this request in the inbox. */
const PLAN_WITHIN_MS = 5000;
const SHORTEST_REASON = 3;

/**
 * Decides the command `run`: plans again, checks the plan that the person saw, the rights and what stands in the way,
 * then asks for the run and takes its targets in one transaction; one that needs a second person waits for them first.
 * Nothing has been done yet when it is accepted.
 */
export async function requestRun(command: Command, deps: RequestDeps): Promise<RunRequestDecision> {
  const args = readArgs(command);
  const incident = command.incident ?? null;
  const request = { runbook: args.runbook, parameters: args.parameters, incident };
  const resolved = await within(resolvePlan(request, deps.planDeps), deps.clock);
  const { plan, service } = resolved;
  await requireRight(command, args, resolved, deps);
  refuseChanged(resolved, args.planHash);
  if (command.by === 'auto') refuseUnattended(resolved);
  if (!args.dryRun) {
    refuseBlocked(resolved);
    refuseUnreasoned(resolved, args.reason);
  }
  const id = `RUN-${await deps.journal.nextNumber(RUN_KIND)}`;
  const what = service === null ? plan.runbook : `${plan.runbook} of ${service}`;
  const batch = await requestBatch({ id, command, resolved, args, incident }, deps);
  const text = `${id}: ${what} ${tellAccepted(args, resolved)}`;
  return { batch, outcome: { kind: 'done', text, run: id, ...(incident === null ? {} : { incident }) } };
}

function tellAccepted({ dryRun }: RunArgs, { plan }: ResolvedPlan): string {
  if (dryRun) return 'is accepted as a dry run: it only looks.';
  return plan.needs.approvals === 0 ? 'is accepted.' : 'is asked for and waits for a second person.';
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

async function requireRight(
  command: Command,
  args: RunArgs,
  { plan, service, locks, runbook, incident }: ResolvedPlan,
  deps: RequestDeps,
) {
  const environment = environmentOf({ locks, service }, deps.planDeps.config.current());
  const about = { channel: incident?.channel ?? null, who: runbook.who, environment };
  const right = await deps.mayRun(command.by, args.dryRun ? 'R0' : plan.risk, service, about);
  if (right.allowed) return;
  const roles = runbook.who.length > 0 ? runbook.who : plan.needs.roles;
  throw refuse('NOT_ALLOWED', right.reason, `Ask somebody who is ${roles.join(' or ')}.`);
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

/** The plan that was looked at is the plan that is run (FAULTS.md, C 44). */
export function refuseChanged({ plan }: Pick<ResolvedPlan, 'plan'>, seen: string | undefined): void {
  if (seen === undefined || seen === plan.hash) return;
  const targets = plan.steps.filter((step) => step.mutates).map((step) => step.target);
  throw refuse(
    'PLAN_CHANGED',
    `This changed since you saw it: it would act on ${targets.join(', ') || 'nothing'} now. Nothing was done.`,
    'Look at the new plan and ask again.',
  );
}

/** What its parameters or targets make R3 does not run by itself either (policy.yml names R1 and R2 alone). */
function refuseUnattended({ plan }: ResolvedPlan): void {
  if (plan.risk !== 'R3') return;
  const because = plan.riskBecause === undefined ? '' : ` (${plan.riskBecause.join('; ')})`;
  throw refuse('RISK_TOO_HIGH', `${plan.runbook} is R3 here${because}.`, 'Only R1 and R2 run by themselves.');
}

/** UX.md, 3.8: what is destructive is not asked for without a word why. */
function refuseUnreasoned({ plan }: ResolvedPlan, reason: string | undefined): void {
  if (plan.risk !== 'R3' || (reason ?? '').trim().length >= SHORTEST_REASON) return;
  throw refuse('REASON_MISSING', `${plan.runbook} is R3 and needs a reason.`, 'Say why in a few words (reason).');
}

interface Asked {
  readonly id: string;
  readonly command: Command;
  readonly resolved: ResolvedPlan;
  readonly args: RunArgs;
  readonly incident: string | null;
}

async function requestBatch(asked: Asked, deps: RequestDeps): Promise<Batch> {
  const { id, incident } = asked;
  const actor = asked.command.by;
  const at = deps.clock.now();
  const texts = createTexts();
  const decision = decideRun(null, { kind: 'request', ...requested(asked, texts, at, deps) });
  if (decision.kind === 'impossible') throw new Error(`${id} ${decision.reason}`);
  const change = changeRun(null, { id, at, actor, incident }, decision.events);
  const state = change.state as RunRecord;
  const effects = state.approval === null ? [runEffect(state)] : [];
  return {
    at,
    actor,
    aggregates: [change, ...(await takeTargets(state, { at, actor }, deps))],
    payloads: texts.payloads,
    effects,
    timers: timerChanges(null, state),
  };
}

/** The effect that carries out the present leg of a run. */
export function runEffect({ id, leg, incident }: Pick<RunRecord, 'id' | 'leg' | 'incident'>): EffectChange {
  return { op: 'ask', key: runEffectKey(id, leg), kind: 'run', incident, data: { run: id, leg } };
}

/** Key of the effect of a leg: one a leg, for ever. */
export function runEffectKey(run: string, leg: number): string {
  return `run|${run}${leg === 1 ? '' : `|${leg}`}`;
}

async function takeTargets(state: RunRecord, by: { at: number; actor: string }, { log, planDeps }: RequestDeps) {
  try {
    return await lockChanges(state, by, log.lock);
  } catch (error) {
    if (!(error instanceof OpsError) || error.code !== 'ALREADY_RUNNING') throw error;
    throw alreadyRunning(await holderOf(state, planDeps, log.lock));
  }
}

async function holderOf(state: RunRecord, { heldBy }: PlanDeps, lockOf: RunLog['lock']): Promise<string> {
  for (const target of state.locks) {
    const row: AggregateRow<{ run: string | null }> | null = await lockOf(target);
    if (row !== null && row.state.run !== null) return (await heldBy(target)) ?? row.state.run;
  }
  return 'another run';
}

function requested({ resolved, args, incident }: Asked, texts: Texts, at: number, { planDeps }: RequestDeps) {
  const { plan, service, locks } = resolved;
  const { reason, dryRun } = args;
  const approvals = dryRun ? 0 : plan.needs.approvals;
  const expireMs = planDeps.config.current().policy.approvals.expireSeconds * 1000;
  return {
    runbook: plan.runbook,
    service,
    risk: plan.risk,
    plan: texts.json(plan),
    planHash: plan.hash,
    locks: [...locks],
    reason: reason === undefined || reason.trim() === '' ? null : texts.line(reason),
    steps: [...plan.steps, ...plan.verify].map(({ id, kind }) => ({ id, kind })),
    dry: dryRun,
    approvals,
    expiresAt: approvals === 0 ? null : at + expireMs,
    cause: incident === null ? null : (resolved.incident?.cause ?? null),
  };
}

/** A plan in time, or a refusal that says that the host did not answer. */
export async function within<T>(work: Promise<T>, clock: Clock): Promise<T> {
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
