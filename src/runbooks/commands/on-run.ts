import type { Clock } from '../../core/clock.ts';
import type { Actor, Command } from '../../core/command.ts';
import type { ConfigSource } from '../../core/config/config.ts';
import { type OpsError, refuse } from '../../core/errors.ts';
import type { IncidentFacts, PlanDeps } from '../plan.ts';
import type { MayRun, RunRequestDecision } from '../request.ts';
import { rightToRun } from '../right-to-run.ts';
import type { BuildCommand, ChangeOptions, RunLog } from '../run-log.ts';
import type { RunRecord } from '../run-record.ts';
import { OnRunArgs } from '../schema.ts';
import type { MayApprove } from '../start-check.ts';

/** What deciding a command on a run needs. */
export interface OnRunDeps {
  readonly log: RunLog;
  readonly clock: Clock;
  readonly config: ConfigSource;
  readonly planDeps: PlanDeps;
  readonly mayRun: MayRun;
  readonly mayApprove: MayApprove;
  readonly incident: IncidentFacts;
  /** Whether two actors are one human, as far as the configuration knows. */
  readonly isSameHuman: (one: Actor, other: Actor) => boolean;
  readonly nameOf: (actor: Actor) => string;
}

/** A command on a run that is there, with what it is decided on. */
export interface OnRun {
  readonly command: Command;
  readonly run: RunRecord;
  readonly args: OnRunArgs;
}

/** Decides one verb on a run; refusals are thrown. */
export type DecideOnRun = (asked: OnRun, deps: OnRunDeps) => Promise<RunRequestDecision>;

/** Reads the command and its run. Refuses an unknown run and arguments that cannot be read. */
export async function readOnRun(command: Command, { log }: OnRunDeps): Promise<OnRun> {
  const id = command.run ?? '';
  const row = await log.run(id);
  if (row === null) throw refuse('RUN_UNKNOWN', `There is no run "${id}".`, 'List them with: gianna-ops runs.');
  const args = OnRunArgs.safeParse(command.args);
  if (args.success) return { command, run: row.state, args: args.data };
  const field = args.error.issues[0]?.path.join('.') ?? '';
  throw refuse('RUN_MALFORMED', `The request about ${id} cannot be read: ${field}.`, 'See --help.');
}

/** Refuses whoever may not run what the run is. */
export async function requireMayRun({ command, run }: OnRun, deps: OnRunDeps): Promise<void> {
  if (command.by === 'auto') return;
  const right = await rightToRun(command.by, run, deps);
  if (!right.allowed) throw refuse('NOT_ALLOWED', right.reason, 'Ask somebody who is responder or approver.');
}

/** The change as a decision for the inbox; `impossible` becomes a refusal that says what the run is now. */
export async function decided(
  { command, run }: OnRun,
  build: BuildCommand,
  words: string,
  deps: OnRunDeps,
  options: Omit<ChangeOptions, 'by'> = {},
): Promise<RunRequestDecision> {
  const drafted = await deps.log.draft(run.id, build, { ...options, by: command.by });
  if (drafted.kind === 'impossible') throw notNow(run, drafted.reason);
  const about = run.incident === null ? {} : { incident: run.incident };
  return { batch: drafted.batch, outcome: { kind: 'done', text: words, run: run.id, ...about } };
}

/** The refusal when a run is not in a state for that. */
export function notNow(run: RunRecord, reason: string): OpsError {
  return refuse('RUN_STATE', `${run.id} ${reason}. Nothing was done.`, `Look at: gianna-ops runs ${run.id}`);
}

/** A reason that has to be there. */
export function requireReason({ args }: OnRun, what: string): string {
  const reason = (args.reason ?? '').trim();
  if (reason.length >= 3) return reason;
  throw refuse('REASON_MISSING', `${what} needs a reason.`, 'Say why in a few words (reason).');
}
