import * as z from 'zod';
import type { Clock } from '../../core/clock.ts';
import type { Command } from '../../core/command.ts';
import { formatDuration } from '../../core/duration.ts';
import { OpsError, refuse } from '../../core/errors.ts';
import type { Journal } from '../../journal/port.ts';
import type { MayRun, RunRequestDecision } from '../request.ts';
import type { Texts } from '../texts.ts';
import { partOfLease } from './append.ts';
import { leaseBatch } from './change-lease.ts';
import type { LeaseCommand } from './lease.ts';
import { LEASE, type LeaseState } from './lease-state.ts';
import type { LeaseMetrics } from './metrics.ts';
import { minute } from './notices.ts';

export interface LeaseCommandDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly metrics: LeaseMetrics;
  readonly mayRun: MayRun;
}

const Named = z.object({ lease: z.string().regex(/^LEASE-\d{1,15}$/) });
/** `seconds` count from now; `until` is an ISO 8601 date-time with an offset. */
const RenewArgs = z.union([
  Named.extend({ seconds: z.number().positive() }),
  Named.extend({ until: z.iso.datetime({ offset: true }) }),
]);
const AbandonArgs = Named.extend({ reason: z.string().trim().min(3).max(300) });

/** Lifting a lease early is the undo of its run's step, and the engine's. Decides `renew` (args: `lease`, and `seconds` or `until`) and `lease-abandon` (args: `lease`, `reason`). */
export async function decideLeaseCommand(command: Command, deps: LeaseCommandDeps): Promise<RunRequestDecision> {
  try {
    return command.verb === 'renew' ? await renew(command, deps) : await abandon(command, deps);
  } catch (error) {
    if (!(error instanceof OpsError) || error.family !== 'refusal') throw error;
    deps.metrics.refused(command.verb, error.code);
    const { code, message: text, remedy } = error;
    return { batch: null, outcome: { kind: 'refused', code, text, remedy } };
  }
}

async function renew(command: Command, deps: LeaseCommandDeps): Promise<RunRequestDecision> {
  const args = read(RenewArgs, command, 'Name the lease and for how long, as in: LEASE-3 --for 1h');
  const lease = await find(args.lease, deps);
  await refuseRight(command, lease, deps);
  refuseNotActive(lease);
  const until = 'seconds' in args ? deps.clock.now() + Math.round(args.seconds * 1000) : Date.parse(args.until);
  refuseTime(lease, until, deps.clock.now());
  return change(command, lease, `${lease.id} is held until ${minute(until)}.`, () => ({ kind: 'renew', until }), deps);
}

async function abandon(command: Command, deps: LeaseCommandDeps): Promise<RunRequestDecision> {
  const args = read(
    AbandonArgs,
    command,
    'Name the lease, and say in 3 to 300 characters why nothing is left to revert.',
  );
  const lease = await find(args.lease, deps);
  await refuseRight(command, lease, deps);
  if (lease.status !== 'failed') {
    throw refuse('LEASE_NOT_FAILED', `${lease.id} has not failed to be reverted.`, `Undo ${lease.run} to end it.`);
  }
  const text = `${lease.id} is given up: it is not watched any more.`;
  return change(command, lease, text, (texts) => ({ kind: 'abandon', summary: texts.line(args.reason) }), deps);
}

function read<T>(schema: z.ZodType<T>, command: Command, remedy: string): T {
  const found = schema.safeParse(command.args);
  if (found.success) return found.data;
  throw refuse('LEASE_MALFORMED', 'The command on a lease cannot be read.', remedy);
}

async function find(id: string, { journal }: LeaseCommandDeps): Promise<LeaseState> {
  const row = await journal.aggregate<LeaseState>(LEASE, id);
  if (row !== null) return row.state;
  throw refuse('LEASE_UNKNOWN', `There is no lease ${id}.`, 'List those in force with: gianna-ops leases');
}

async function refuseRight(command: Command, lease: LeaseState, { mayRun }: LeaseCommandDeps): Promise<void> {
  const right = await mayRun(command.by, lease.risk, lease.service);
  if (right.allowed) return;
  throw refuse('NOT_ALLOWED', right.reason, `Ask somebody who may run ${lease.runbook}.`);
}

function refuseNotActive({ id, status, endedAt, runbook, run }: LeaseState): void {
  switch (status) {
    case 'active':
      return;
    case 'ending':
      throw refuse('LEASE_ENDING', `${id} is being reverted.`, `Run ${runbook} again once that is over.`);
    case 'failed':
      throw refuse('LEASE_FAILED', `${id} could not be reverted.`, `Undo ${run}, then run ${runbook} again.`);
    case 'ended':
      throw refuse(
        'LEASE_OVER',
        `${id} ended at ${minute(endedAt ?? 0)}.`,
        `Run ${runbook} again if it is still wanted.`,
      );
    default:
      throw new Error(`${id} is ${status satisfies never}`);
  }
}

function refuseTime(lease: LeaseState, until: number, now: number): void {
  if (until <= lease.until) {
    const left = formatDuration((lease.until - now) / 1000);
    throw refuse(
      'ENDS_LATER',
      `${lease.id} lasts longer than that already: ${left} more.`,
      'Give a longer time, or undo it.',
    );
  }
  if (until <= lease.limit) return;
  const longest = formatDuration((lease.limit - lease.takenAt) / 1000);
  throw refuse(
    'LEASE_TOO_LONG',
    `${lease.id} may last ${longest} in all, until ${minute(lease.limit)}.`,
    `Give a shorter time; after that run ${lease.runbook} again.`,
  );
}

/** What was asked, on the lease as it is by then. */
async function change(
  { by: actor }: Command,
  { id, run, incident }: LeaseState,
  text: string,
  command: (texts: Texts) => LeaseCommand,
  { journal, clock }: LeaseCommandDeps,
): Promise<RunRequestDecision> {
  const at = clock.now();
  const part = await partOfLease(journal, id, { at, actor, command: (_lease, texts) => command(texts) });
  if (part === null) throw refuse('LEASE_CHANGED', `${id} changed at this moment.`, 'Look at it and ask again.');
  const about = incident === null ? {} : { incident };
  return { batch: leaseBatch(part, { at, actor }), outcome: { kind: 'done', text, run, ...about } };
}
