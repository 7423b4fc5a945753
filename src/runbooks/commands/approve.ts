import { OpsError, refuse } from '../../core/errors.ts';
import { askNotice, type Notice } from '../../journal/notice.ts';
import type { EffectChange } from '../../journal/port.ts';
import { resolvePlan } from '../plan.ts';
import { type RunRequestDecision, refuseChanged, runEffect, within } from '../request.ts';
import { isAwaitingApproval } from '../run.ts';
import type { RunRecord } from '../run-record.ts';
import type { Plan } from '../run-state.ts';
import type { Texts } from '../texts.ts';
import {
  type DecideOnRun,
  decided,
  notNow,
  type OnRun,
  type OnRunDeps,
  requireMayRun,
  requireReason,
} from './on-run.ts';

/**
 * The second person's yes, bound to the hash of the plan that they saw (DESIGN.md, What nobody else has, 2). Never of
 * whoever asked, whatever account they use; a target that changed meanwhile ends the request.
 */
export const approve: DecideOnRun = async (asked, deps) => {
  const { command, run, args } = asked;
  requireAwaiting(run, deps);
  if (deps.isSameHuman(command.by, run.by)) return refusedAndKept(asked, selfApproval(run), deps);
  const right = await deps.mayApprove(command.by, run);
  if (!right.allowed) {
    const refusal = refuse('NOT_ALLOWED', right.reason, 'Ask somebody who is approver.');
    return refusedAndKept(asked, refusal, deps);
  }
  if (args.planHash === undefined) {
    throw refuse(
      'PLAN_UNSEEN',
      `Agreeing to ${run.id} needs the hash of its plan.`,
      'Look at the plan and agree to it.',
    );
  }
  if (!run.planHash.startsWith(args.planHash) || args.planHash.length < 12) {
    return refusedAndKept(asked, otherPlan(run), deps);
  }
  const drift = await driftOf(run, deps);
  if (drift !== null) return ended(asked, drift, deps);
  const words = `${run.id}: approved; it starts now.`;
  return decided(asked, () => ({ kind: 'approve', breakGlass: false, reason: null }), words, deps, starting(run));
};

/** In place of the second person, by the owner of the acknowledged P0 or P1 that the run is for: loud, with a reason. */
export const breakGlass: DecideOnRun = async (asked, deps) => {
  const { command, run } = asked;
  requireAwaiting(run, deps);
  const reason = requireReason(asked, 'Breaking the glass');
  await requireMayRun(asked, deps);
  const refusal = await refuseBreakGlass(asked, deps);
  if (refusal !== null) return refusedAndKept(asked, refusal, deps);
  const drift = await driftOf(run, deps);
  if (drift !== null) return ended(asked, drift, deps);
  const words = `${run.id}: ${deps.nameOf(command.by)} broke the glass; it starts now and will be reviewed.`;
  const build = (_: RunRecord, texts: { line(text: string): string }) =>
    ({ kind: 'approve', breakGlass: true, reason: texts.line(reason) }) as const;
  return decided(asked, build, words, deps, {
    ...starting(run),
    along: async (_, texts) => ({ effects: tellAdmins(asked, reason, deps, texts) }),
  });
};

/** No, with a reason: by somebody who could have agreed, or by whoever asked. */
export const deny: DecideOnRun = async (asked, deps) => {
  const { command, run } = asked;
  requireAwaiting(run, deps);
  const reason = requireReason(asked, 'Denying');
  const isOwn = deps.isSameHuman(command.by, run.by);
  const right = isOwn ? { allowed: true, reason: '' } : await deps.mayApprove(command.by, run);
  if (!right.allowed) throw refuse('NOT_ALLOWED', right.reason, 'Ask somebody who is approver.');
  const code = isOwn ? 'WITHDRAWN' : 'DENIED';
  const said = `${isOwn ? 'withdrawn' : 'denied'} by ${deps.nameOf(command.by)}: ${reason}`;
  const words = `${run.id}: ${isOwn ? 'withdrawn' : 'denied'}. Nothing was run.`;
  return decided(asked, (_, texts) => ({ kind: 'refuse', code, summary: texts.line(said) }), words, deps);
};

/** Loud: everybody of the operations channel and each admin is told at once, once. */
function tellAdmins({ command, run }: OnRun, reason: string, deps: OnRunDeps, texts: Texts): EffectChange[] {
  const who = deps.nameOf(command.by);
  const what = run.service === null ? run.runbook : `${run.runbook} of ${run.service}`;
  const title = `${who} broke the glass: ${run.id} ${what} runs without a second person`;
  const lines = [
    `Reason: ${reason}`,
    `For ${run.incident ?? 'no incident'}, risk ${run.risk}. Review it: gianna-ops runs ${run.id}`,
  ];
  const about = run.incident === null ? {} : { incident: run.incident };
  const { admin } = deps.config.current().slack.roles;
  const people = admin.flatMap((entry) => addressOf(entry, deps));
  const notices = [{ channel: 'ops' }, ...people].map((to, index) => {
    const { effects, payloads } = askNotice(`glass|${run.id}|${index}`, { to, title, lines, ...about });
    for (const text of payloads.values()) texts.whole(text);
    return effects;
  });
  return notices.flat();
}

function addressOf(entry: string, { config }: OnRunDeps): Notice['to'][] {
  if (Object.hasOwn(config.current().oncall.people, entry)) return [{ person: entry }];
  return /^[UW][A-Z0-9]+$/.test(entry) ? [{ actor: `slack:${entry}` }] : [];
}

function requireAwaiting(run: RunRecord, { clock, nameOf }: OnRunDeps): void {
  if (!isAwaitingApproval(run)) {
    const { approval } = run;
    if (approval === null) throw notNow(run, 'needs nobody to agree');
    const by = approval.by === null ? '' : ` by ${nameOf(approval.by)}`;
    const state = approval.state === 'given' ? `was approved${by} already` : `is ${run.status}`;
    throw notNow(run, approval.state === 'denied' ? `was denied${by}` : state);
  }
  if (clock.now() >= (run.approval?.expiresAt ?? 0)) throw notNow(run, 'was asked for too long ago; ask again');
}

function selfApproval(run: RunRecord): OpsError {
  return refuse('SELF_APPROVAL', `A second person must agree to ${run.id}: you asked for it.`, 'Ask another approver.');
}

function otherPlan(run: RunRecord): OpsError {
  return refuse('PLAN_CHANGED', `That is not the plan of ${run.id}. Nothing was run.`, 'Look at its plan again.');
}

async function refuseBreakGlass({ command, run }: OnRun, deps: OnRunDeps): Promise<OpsError | null> {
  const no = (why: string) => refuse('NO_BREAK_GLASS', `The glass cannot be broken: ${why}.`, 'Ask an approver.');
  if (!deps.config.current().policy.approvals.breakGlass) return no('policy.yml does not allow it');
  const incident = run.incident === null ? null : await deps.incident(run.incident);
  if (incident === null) return no(`${run.id} is for no incident`);
  if (incident.severity !== 'P0' && incident.severity !== 'P1') return no(`${run.incident} is a ${incident.severity}`);
  if (incident.status !== 'acknowledged' || incident.owner === null) return no(`${run.incident} has no owner`);
  const isOwner = command.by === incident.owner || deps.isSameHuman(command.by, incident.owner as typeof command.by);
  return isOwner ? null : no(`you do not own ${run.incident}`);
}

/** Why what was asked for is not what would be done now; null: it is. */
async function driftOf(run: RunRecord, deps: OnRunDeps): Promise<OpsError | null> {
  const plan = await deps.log.json<Plan>(run.plan);
  if (plan === null) return refuse('PLAN_GONE', `The plan of ${run.id} is not stored any more.`, 'Ask for it again.');
  try {
    const { runbook, parameters } = plan;
    const planning = resolvePlan({ runbook, parameters, incident: run.incident }, deps.planDeps);
    refuseChanged(await within(planning, deps.clock), run.planHash);
    return null;
  } catch (error) {
    if (!(error instanceof OpsError) || error.family !== 'refusal') throw error;
    return error;
  }
}

/** A request that is dead: recorded, and told to whoever agreed to it. */
async function ended(asked: OnRun, why: OpsError, deps: OnRunDeps): Promise<RunRequestDecision> {
  const made = await decided(
    asked,
    (_, texts) => ({ kind: 'refuse', code: why.code, summary: texts.line(`${why.message} ${why.remedy}`) }),
    '',
    deps,
  );
  return { ...made, outcome: { kind: 'refused', code: why.code, text: why.message, remedy: why.remedy } };
}

/** A refusal that the record keeps (FAULTS.md, C 41 to 43). */
async function refusedAndKept(asked: OnRun, why: OpsError, deps: OnRunDeps): Promise<RunRequestDecision> {
  const made = await decided(asked, () => ({ kind: 'refuse-approval', code: why.code }), '', deps);
  return { ...made, outcome: { kind: 'refused', code: why.code, text: why.message, remedy: why.remedy } };
}

function starting(run: RunRecord) {
  return { effects: [runEffect(run)] };
}
