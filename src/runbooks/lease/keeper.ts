/**
 * Looks every minute whether what leases hold is still so on its hosts, and puts back what was lost there (a reboot). In:
 * the steps that keep, as the runs recorded them. Out: the step carried out, one event, one notice. Never beyond the end of
 * a lease, never on a host that a run is at work on.
 */
import type { Clock } from '../../core/clock.ts';
import { OpsError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { decideUntilAppended } from '../../journal/decide.ts';
import { askNotice } from '../../journal/notice.ts';
import type { Journal } from '../../journal/port.ts';
import { createWorker, type Worker } from '../../journal/worker.ts';
import type { UndoStep } from '../run-state.ts';
import { partOfLease } from './append.ts';
import { leaseBatch } from './change-lease.ts';
import { LEASE, type LeaseState } from './lease-state.ts';
import type { LeaseMetrics } from './metrics.ts';

export interface LeaseKeeperDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: LeaseMetrics;
  /** What keeps a step of a run, while nothing is under way that would change it; empty: nothing. */
  readonly keptBy: (run: string, step: string) => Promise<readonly UndoStep[]>;
  /** Whether it is so on a host; null: it is not to be looked at now. Throws when that cannot be told. */
  readonly isSo: (step: UndoStep, host: string, until: number) => Promise<boolean | null>;
  /** Makes it so again. `key` names this one try, for ever. */
  readonly putBack: (
    step: UndoStep,
    host: string,
    how: { readonly until: number; readonly key: string; readonly by: string },
  ) => Promise<{ readonly isDone: boolean; readonly summary: string }>;
}

export interface LeaseKeeper extends Pick<Worker, 'start' | 'stop'> {
  /** Looks at every lease once; never throws. */
  lookOnce(): Promise<void>;
}

const EVERY_MS = 60_000;
/** What ends so soon is left to its end. */
const ENDS_SOON_MS = 60_000;

/** Makes the job. */
export function createLeaseKeeper(deps: LeaseKeeperDeps): LeaseKeeper {
  const lookOnce = async () => {
    const rows = await deps.journal.aggregates<LeaseState>(LEASE, { open: true });
    const leases = rows.map(({ state }) => state).filter((lease) => isToKeep(lease, deps.clock.now()));
    // one after the other: two leases may be on one host
    for (const lease of leases) await keepLease(lease, deps);
  };
  const worker = createWorker(deps.clock, async () => {
    await lookOnce().catch((error: unknown) => deps.logger.error({ err: error }, 'leases could not be looked at'));
    return EVERY_MS;
  });
  return { start: worker.start, stop: worker.stop, lookOnce };
}

function isToKeep({ status, until }: LeaseState, now: number): boolean {
  return status === 'active' && until - now > ENDS_SOON_MS;
}

async function keepLease(lease: LeaseState, deps: LeaseKeeperDeps): Promise<void> {
  const steps = await deps.keptBy(lease.run, lease.step);
  await Promise.all(steps.flatMap((step) => step.hosts.map((host) => keepOn(lease, step, host, deps))));
}

async function keepOn(lease: LeaseState, step: UndoStep, host: string, deps: LeaseKeeperDeps): Promise<void> {
  try {
    const isSo = await deps.isSo(step, host, lease.until);
    if (isSo === null) return;
    if (isSo) return deps.metrics.kept('there');
    const key = `${lease.id}-kept-${deps.clock.now()}`;
    const { isDone, summary } = await deps.putBack(step, host, { until: lease.until, key, by: lease.by });
    deps.metrics.kept(isDone ? 'put-back' : 'not-put-back');
    deps.logger.warn({ lease: lease.id, host, isDone, summary }, 'what a lease holds was gone from a host');
    await (isDone ? recordKept(lease, host, summary, deps) : tellLost(lease, host, summary, deps));
  } catch (error) {
    deps.metrics.kept('unread');
    const isKnown = error instanceof OpsError && error.family !== 'bug';
    deps.logger[isKnown ? 'warn' : 'error'](
      { err: error, lease: lease.id, host },
      'what a lease holds was not looked at',
    );
  }
}

async function recordKept({ id }: LeaseState, host: string, summary: string, deps: LeaseKeeperDeps): Promise<void> {
  const by = { at: deps.clock.now(), actor: 'auto' };
  await decideUntilAppended(deps.journal, async () => {
    const part = await partOfLease(deps.journal, id, {
      ...by,
      command: (_lease, texts) => ({ kind: 'kept', host, summary: texts.line(summary) }),
    });
    return part === null ? null : leaseBatch(part, by);
  });
}

/** Said once a lease and host, however often it is tried. */
async function tellLost(lease: LeaseState, host: string, summary: string, deps: LeaseKeeperDeps): Promise<void> {
  const { effects, payloads } = askNotice(`lease|${lease.id}|lost|${host}`, {
    to: { channel: 'ops' },
    title: `${lease.id} does not hold on ${host} any more`,
    lines: [`It was to hold until ${new Date(lease.until).toISOString()}.`, summary, 'It is tried again every minute.'],
    ...(lease.incident === null ? {} : { incident: lease.incident }),
  });
  await deps.journal.append({ at: deps.clock.now(), actor: 'auto', effects, payloads });
}
