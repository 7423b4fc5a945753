import type { Clock } from '../core/clock.ts';
import type { Actor } from '../core/command.ts';
import { OpsError, refuse } from '../core/errors.ts';
import type { AggregateChange, AggregateRow, Batch, EffectChange, Journal, TimerChange } from '../journal/port.ts';
import type { CheckResult } from '../probes/check.ts';
import { decideRun, isAwaitingApproval, type RunCommand } from './run.ts';
import { changeLock, changeRun, RUN_KIND } from './run-change.ts';
import { holdsTargets, type RunRecord } from './run-record.ts';
import { LOCK_KIND, type TargetLock } from './target-lock.ts';
import { createTexts, type Texts } from './texts.ts';

const MOST_CONFLICTS = 50;
const MOST_TRIES_BUSY = 60;
const BUSY_PAUSE_MS = 500;
/** Purpose of the timer at which a request that nobody agreed to is over. */
export const APPROVAL_EXPIRES = 'approval-expires';

/** What a change of a run came to: the run after it, or why it could not be made. */
export type Recorded =
  | { readonly kind: 'recorded'; readonly run: RunRecord }
  | { readonly kind: 'impossible'; readonly reason: string };

/** A change that is decided and not yet appended. */
export type Drafted =
  | { readonly kind: 'drafted'; readonly run: RunRecord; readonly batch: Batch }
  | { readonly kind: 'impossible'; readonly reason: string };

export type BuildCommand = (run: RunRecord, texts: Texts) => RunCommand | readonly RunCommand[];

export interface ChangeOptions {
  /** Who does it; else whoever asked for the run. */
  readonly by?: Actor;
  readonly effects?: readonly EffectChange[];
  /** What else belongs into the same transaction, seen the run as it will be. */
  readonly along?: (
    run: RunRecord,
    texts: Texts,
    /** The batch's. */
    at: number,
  ) => Promise<Pick<Batch, 'aggregates' | 'timers' | 'effects' | 'payloads'>>;
}

/** What follows from a change of a run, in its own transaction. `checks`, `summary`: what they say after it. */
export type FollowRun = (
  before: RunRecord,
  after: RunRecord,
  facts: {
    readonly at: number;
    readonly actor: string;
    readonly checks: readonly CheckResult[];
    readonly summary: string;
  },
) => Promise<Pick<Batch, 'aggregates' | 'timers' | 'effects' | 'payloads'>>;

export interface RunLog {
  run(id: string): Promise<AggregateRow<RunRecord> | null>;
  lock(target: string): Promise<AggregateRow<TargetLock> | null>;
  checks(digest: string | null): Promise<CheckResult[]>;
  json<T>(digest: string | null): Promise<T | null>;
  /** Decides commands on a run without appending: for the inbox, which appends. Refuses (`ALREADY_RUNNING`) when its targets are held. */
  draft(id: string, build: BuildCommand, options?: ChangeOptions): Promise<Drafted>;
  /** Decides and appends; given again on a conflict, waits while the store is busy. Durable when it resolves. */
  record(id: string, build: BuildCommand, options?: ChangeOptions): Promise<Recorded>;
}

/**
 * The only writer of runs once they are asked for. What a run holds follows from its state in the same transaction:
 * its targets while it goes on, the timer of its approval while it waits for one.
 */
export function createRunLog(deps: {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly follow?: FollowRun;
}): RunLog {
  const { journal } = deps;
  const run = (id: string) => journal.aggregate<RunRecord>(RUN_KIND, id);
  const lock = (target: string) => journal.aggregate<TargetLock>(LOCK_KIND, target);
  const json = async <T>(digest: string | null): Promise<T | null> => {
    const text = digest === null ? null : await journal.payload(digest);
    return text === null ? null : (JSON.parse(text) as T);
  };

  const draft: RunLog['draft'] = async (id, build, options = {}) => {
    const row = await run(id);
    if (row === null) return { kind: 'impossible', reason: 'does not exist' };
    const texts = createTexts();
    const built = build(row.state, texts);
    const at = deps.clock.now();
    const actor = options.by ?? row.state.by;
    let change: AggregateChange | null = null;
    for (const command of Array.isArray(built) ? built : [built]) {
      const before: RunRecord = (change?.state as RunRecord | undefined) ?? row.state;
      const decision = decideRun(before, command);
      if (decision.kind === 'impossible') return decision;
      const events = [...(change?.events ?? []), ...decision.events];
      change = changeRun(row, { id, at, actor, incident: row.state.incident }, events);
    }
    if (change === null) throw new Error(`nothing was to be decided on ${id}`);
    const state = change.state as RunRecord;
    const along = (await options.along?.(state, texts, at)) ?? {};
    const followed = await followOf(row.state, state, { at, actor }, texts);
    const locks = await lockChanges(state, { at, actor }, lock);
    const batch: Batch = {
      at,
      actor,
      aggregates: [change, ...locks, ...(along.aggregates ?? []), ...(followed.aggregates ?? [])],
      payloads: new Map([...texts.payloads, ...(along.payloads ?? []), ...(followed.payloads ?? [])]),
      effects: [...(options.effects ?? []), ...(along.effects ?? []), ...(followed.effects ?? [])],
      timers: [...timerChanges(row.state, state), ...(along.timers ?? []), ...(followed.timers ?? [])],
    };
    return { kind: 'drafted', run: state, batch };
  };

  async function followOf(before: RunRecord, after: RunRecord, by: { at: number; actor: string }, texts: Texts) {
    if (deps.follow === undefined) return {};
    const text = async (digest: string | null) => {
      return digest === null ? null : (texts.payloads.get(digest) ?? (await journal.payload(digest)));
    };
    const checks = JSON.parse((await text(after.after)) ?? '[]') as CheckResult[];
    return deps.follow(before, after, { ...by, checks, summary: (await text(after.summary)) ?? '' });
  }

  return {
    run,
    lock,
    json,
    draft,
    record: async (id, build, options) => {
      for (let tries = 0; tries < MOST_CONFLICTS; tries += 1) {
        const drafted = await draft(id, build, options);
        if (drafted.kind === 'impossible') return drafted;
        if ((await appendPatiently(deps, drafted.batch)) === 'appended') return { kind: 'recorded', run: drafted.run };
      }
      throw new Error(`${id} changed under ${MOST_CONFLICTS} decisions in a row`);
    },
    checks: async (digest) => (await json<CheckResult[]>(digest)) ?? [],
  };
}

/** Takes what the run is to hold, gives back what it holds no longer; the version read here is the one that the append checks. */
export async function lockChanges(
  state: RunRecord,
  by: { readonly at: number; readonly actor: string },
  lockOf: RunLog['lock'],
): Promise<AggregateChange[]> {
  const changes: AggregateChange[] = [];
  const wants = holdsTargets(state);
  for (const target of state.locks) {
    const row = await lockOf(target);
    const holder = row?.state.run ?? null;
    if (wants && holder !== null && holder !== state.id) throw alreadyRunning(holder);
    if (wants && holder === null) changes.push(changeLock(row, { target, run: state.id, what: 'taken' }, by));
    if (!wants && holder === state.id) changes.push(changeLock(row, { target, run: state.id, what: 'released' }, by));
  }
  return changes;
}

/** The refusal that names the run which holds a target. */
export function alreadyRunning(holder: string): OpsError {
  return refuse('ALREADY_RUNNING', `Already running: ${holder}.`, 'Wait for it to end; `gianna-ops runs` shows it.');
}

/** The timer of an approval stands while somebody has to agree. */
export function timerChanges(before: RunRecord | null, state: RunRecord): TimerChange[] {
  const key = { kind: RUN_KIND, id: state.id, purpose: APPROVAL_EXPIRES };
  const isAsked = isAwaitingApproval(state);
  const wasAsked = before !== null && isAwaitingApproval(before);
  if (isAsked && !wasAsked) return [{ op: 'set', ...key, dueAt: state.approval?.expiresAt ?? 0, data: {} }];
  return wasAsked && !isAsked ? [{ op: 'cancel', ...key }] : [];
}

/** A store that is busy for a moment must not make a step look unknown that is known: tried for half a minute. */
async function appendPatiently(
  deps: { journal: Journal; clock: Clock },
  batch: Batch,
): Promise<'appended' | 'conflict'> {
  for (let tries = 1; ; tries += 1) {
    try {
      return (await deps.journal.append(batch)).kind;
    } catch (error) {
      if (!(error instanceof OpsError) || error.family !== 'transient' || tries >= MOST_TRIES_BUSY) throw error;
      await pause(deps.clock, BUSY_PAUSE_MS);
    }
  }
}

/** Resolves `ms` from now by the clock that was handed in; at once when it is aborted. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      cancel();
      resolve();
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    if (signal?.aborted) return stop();
    signal?.addEventListener('abort', stop, { once: true });
  });
}
