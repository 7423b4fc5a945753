import type { Clock } from '../core/clock.ts';
import { OpsError } from '../core/errors.ts';
import { oneLine, stripControls, truncateGraphemes } from '../core/text.ts';
import { digestOf } from '../journal/digest.ts';
import type { AggregateChange, AggregateRow, Batch, EffectChange, Journal } from '../journal/port.ts';
import type { CheckResult } from '../probes/check.ts';
import { decideRun, type RunCommand } from './run.ts';
import { changeLock, changeRun, RUN_KIND } from './run-change.ts';
import { isUnfinished, type RunRecord } from './run-record.ts';
import { LOCK_KIND, type TargetLock } from './target-lock.ts';

const MOST_CONFLICTS = 50;
const MOST_TRIES_BUSY = 60;
const BUSY_PAUSE_MS = 500;
const LONGEST_LINE = 1000;

/** Texts on their way into the journal: each put returns the digest that an event may hold. */
export interface Texts {
  readonly payloads: ReadonlyMap<string, string>;
  line(text: string): string;
  json(value: unknown): string;
}

/** Collects payloads of one batch. Lines are made one plain line of bounded length. */
export function createTexts(): Texts {
  const payloads = new Map<string, string>();
  const put = (text: string): string => {
    const digest = digestOf(text);
    payloads.set(digest, text);
    return digest;
  };
  return {
    payloads,
    line: (text) => put(truncateGraphemes(oneLine(stripControls(text)), LONGEST_LINE)),
    json: (value) => put(JSON.stringify(value)),
  };
}

/** What a change of a run came to: the run after it, or why it could not be made. */
export type Recorded =
  | { readonly kind: 'recorded'; readonly run: RunRecord }
  | { readonly kind: 'impossible'; readonly reason: string };

export interface RunLog {
  run(id: string): Promise<AggregateRow<RunRecord> | null>;
  lock(target: string): Promise<AggregateRow<TargetLock> | null>;
  checks(digest: string | null): Promise<CheckResult[]>;
  /** Decides and appends one command; given again on a conflict, waits while the store is busy. Durable when it resolves. */
  record(
    id: string,
    build: (run: RunRecord, texts: Texts) => RunCommand,
    effects?: readonly EffectChange[],
  ): Promise<Recorded>;
}

/** The only writer of runs once they are asked for. A run that ends gives its targets back in the same transaction. */
export function createRunLog(deps: { readonly journal: Journal; readonly clock: Clock }): RunLog {
  const { journal } = deps;
  const run = (id: string) => journal.aggregate<RunRecord>(RUN_KIND, id);
  const lock = (target: string) => journal.aggregate<TargetLock>(LOCK_KIND, target);

  const record: RunLog['record'] = async (id, build, effects = []) => {
    for (let tries = 0; tries < MOST_CONFLICTS; tries += 1) {
      const row = await run(id);
      if (row === null) return { kind: 'impossible', reason: 'does not exist' };
      const texts = createTexts();
      const decision = decideRun(row.state, build(row.state, texts));
      if (decision.kind === 'impossible') return decision;
      const at = deps.clock.now();
      const { by: actor, incident } = row.state;
      const change = changeRun(row, { id, at, actor, incident }, decision.events);
      const state = change.state as RunRecord;
      const released = isUnfinished(state) ? [] : await releases(state, { at, actor });
      const batch: Batch = { at, actor, aggregates: [change, ...released], payloads: texts.payloads, effects };
      if ((await appendPatiently(deps, batch)) === 'appended') return { kind: 'recorded', run: state };
    }
    throw new Error(`${id} changed under ${MOST_CONFLICTS} decisions in a row`);
  };

  async function releases(state: RunRecord, by: { at: number; actor: string }): Promise<AggregateChange[]> {
    const changes: AggregateChange[] = [];
    for (const target of state.locks) {
      const row = await lock(target);
      if (row?.state.run === state.id) changes.push(changeLock(row, { target, run: state.id, what: 'released' }, by));
    }
    return changes;
  }

  return {
    run,
    lock,
    record,
    checks: async (digest) => {
      const text = digest === null ? null : await journal.payload(digest);
      return text === null ? [] : (JSON.parse(text) as CheckResult[]);
    },
  };
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

/** Resolves `ms` from now by the clock that was handed in. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
