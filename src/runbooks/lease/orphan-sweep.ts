/**
 * Looks at the start and every hour whether hosts carry marks of ours that the journal does not account for. In: marks as
 * hosts show them. Out: one event and one notice when one is found, one event when it is gone. Never removes anything.
 */
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import { decideUntilAppended } from '../../journal/decide.ts';
import type { Evolvers } from '../../journal/evolver.ts';
import { askNotice } from '../../journal/notice.ts';
import type { AggregateRow, Batch, Journal, NewEvent, StoredEvent } from '../../journal/port.ts';
import { createWorker, type Worker } from '../../journal/worker.ts';
import {
  findOrphans,
  type HostMark,
  type KnownMarks,
  type MarkingRun,
  type Orphan,
  runOfMark,
} from './find-orphans.ts';
import { LEASE, type LeaseState } from './lease-state.ts';
import type { LeaseMetrics } from './metrics.ts';
import { evolveOrphan, ORPHAN, ORPHAN_GONE, type OrphanState, orphanFound, orphanId } from './orphan-state.ts';

export interface OrphanSweepDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: LeaseMetrics;
  /** Keys of hosts.yml whose marks can be read. */
  readonly hosts: () => readonly string[];
  /** Marks of a host; throws when it cannot be reached in its own time limit. */
  readonly readMarks: (host: string) => Promise<readonly HostMark[]>;
  /** What the journal knows of a run; null: nothing. */
  readonly markingRun: (run: string) => Promise<MarkingRun | null>;
}

export interface OrphanSweep extends Pick<Worker, 'start' | 'stop'> {
  /** Looks at every host once; never throws. */
  lookOnce(): Promise<void>;
}

const EVERY_MS = 3600_000;

/** Makes the job. */
export function createOrphanSweep(deps: OrphanSweepDeps): OrphanSweep {
  const lookOnce = async () => {
    await Promise.all(deps.hosts().map((host) => lookAt(host, deps)));
  };
  const worker = createWorker(deps.clock, async () => {
    await lookOnce();
    return EVERY_MS;
  });
  return { start: worker.start, stop: worker.stop, lookOnce };
}

/** A host that cannot be read leaves everything as it was known. */
async function lookAt(host: string, deps: OrphanSweepDeps): Promise<void> {
  try {
    const orphans = await orphansOn(host, deps);
    const known = await openOrphans(deps.journal, host);
    for (const orphan of orphans) await found(orphan, deps);
    const there = new Set(orphans.map(orphanId));
    for (const { id } of known) if (!there.has(id)) await gone(id, deps);
  } catch (error) {
    deps.metrics.orphan('unread');
    deps.logger.warn({ err: error, host }, 'marks of a host could not be compared');
  }
}

/** What accounts for a mark before or after the look does: a run sets and takes marks away meanwhile. */
async function orphansOn(host: string, deps: OrphanSweepDeps): Promise<Orphan[]> {
  const leasesBefore = await openLeases(deps.journal);
  const marks = await deps.readMarks(host);
  const leases = [...leasesBefore, ...(await openLeases(deps.journal))];
  const known: KnownMarks = { leases, runs: await runsOf(marks, deps) };
  return findOrphans(host, marks, known);
}

async function openLeases(journal: Journal): Promise<Array<{ run: string; step: string }>> {
  const rows = await journal.aggregates<LeaseState>(LEASE, { open: true });
  return rows.map(({ state: { run, step } }) => ({ run, step }));
}

async function runsOf(marks: readonly HostMark[], deps: OrphanSweepDeps): Promise<Map<string, MarkingRun>> {
  const runs = new Map<string, MarkingRun>();
  for (const { mark } of marks) {
    const run = runOfMark(mark);
    const known = run === null || runs.has(run) ? null : await deps.markingRun(run);
    if (run !== null && known !== null) runs.set(run, known);
  }
  return runs;
}

async function openOrphans(journal: Journal, host: string): Promise<AggregateRow<OrphanState>[]> {
  const rows = await journal.aggregates<OrphanState>(ORPHAN, { open: true });
  return rows.filter(({ state }) => state.host === host);
}

async function found(orphan: Orphan, deps: OrphanSweepDeps): Promise<void> {
  const id = orphanId(orphan);
  const appended = await append(deps, id, (row) => {
    if (row !== null && row.state.goneAt === null) return null;
    return { event: orphanFound(orphan), notice: `orphan|${id}|${row?.version ?? 0}` };
  });
  if (!appended) return;
  deps.metrics.orphan('found');
  deps.logger.warn({ host: orphan.host, mark: orphan.mark, why: orphan.why }, 'orphan found on a host');
}

async function gone(id: string, deps: OrphanSweepDeps): Promise<void> {
  const appended = await append(deps, id, (row) => (row?.state.goneAt === null ? { event: ORPHAN_GONE } : null));
  if (!appended) return;
  deps.metrics.orphan('gone');
  deps.logger.info({ orphan: id }, 'orphan is gone');
}

type Change = { readonly event: NewEvent; readonly notice?: string } | null;

async function append(
  { journal, clock }: OrphanSweepDeps,
  id: string,
  decide: (row: AggregateRow<OrphanState> | null) => Change,
): Promise<boolean> {
  const appended = await decideUntilAppended(journal, async () => {
    const row = await journal.aggregate<OrphanState>(ORPHAN, id);
    const change = decide(row);
    return change === null ? null : batchOf(id, row, change, clock.now());
  });
  return appended !== null;
}

function batchOf(id: string, row: AggregateRow<OrphanState> | null, change: NonNullable<Change>, at: number): Batch {
  const state = evolveOrphan(row?.state ?? null, { ...change.event, id, at });
  const key = state.goneAt === null ? id : null;
  const aggregates = [{ kind: ORPHAN, id, expected: row?.version ?? 0, key, state, events: [change.event] }];
  return { at, actor: 'auto', aggregates, ...(change.notice === undefined ? {} : tell(change.notice, state)) };
}

function tell(
  key: string,
  { host, mark, run, why, since }: OrphanState,
): Required<Pick<Batch, 'effects' | 'payloads'>> {
  const set = since === null ? '' : `, set ${new Date(since).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const reason = why === 'run-unknown' ? `the journal has no ${run}` : `${run} does not hold it any more`;
  return askNotice(key, {
    to: { channel: 'ops' },
    title: `Orphan on ${host}: ${mark}`,
    lines: [
      `It bears our mark${set}, and ${reason}.`,
      'Nothing was removed. Look at it there, and remove it by hand if it is not wanted.',
    ],
  });
}

/** Orphans that are there, as the command line prints them: times ISO 8601 UTC. */
export async function listOrphans(journal: Pick<Journal, 'aggregates'>) {
  const rows = await journal.aggregates<OrphanState>(ORPHAN, { open: true });
  return rows.map(({ state: { host, mark, run, why, since, foundAt } }) => ({
    host,
    mark,
    run,
    why,
    since: since === null ? null : new Date(since).toISOString(),
    foundAt: new Date(foundAt).toISOString(),
  }));
}

/** How orphans fold, for `journal verify --state`. */
export const orphanEvolvers = {
  [ORPHAN]: (state: OrphanState | null, event: StoredEvent) => evolveOrphan(state, event),
} satisfies Evolvers;
