import type { JournalReader } from '../journal/port.ts';
import { RUN_KIND } from './run-change.ts';
import type { RunRecord } from './run-record.ts';

/** How often a runbook helped against one alert. */
export type RunbookRecord = {
  readonly runbook: string;
  /** Name of the alert that its runs were for; null: they were for none. */
  readonly cause: string | null;
  readonly runs: number;
  readonly fixed: number;
  readonly noEffect: number;
  readonly worse: number;
  /** Ended without a verdict: nothing to compare, failed, or nobody knows. */
  readonly none: number;
};

const MOST_RUNS = 10_000;

/** The record of every runbook and cause, from the runs that were carried out; those with most runs first. */
export async function readRecord(journal: Pick<JournalReader, 'aggregates'>): Promise<RunbookRecord[]> {
  const rows = await journal.aggregates<RunRecord>(RUN_KIND, { limit: MOST_RUNS });
  const counted = new Map<string, RunbookRecord>();
  for (const { state } of rows) {
    if (state.startedAt === null || state.endedAt === null || state.dry) continue;
    const key = JSON.stringify([state.runbook, state.cause]);
    counted.set(key, count(counted.get(key), state));
  }
  return [...counted.values()].sort(
    (a, b) => b.runs - a.runs || compare(a.runbook, b.runbook) || compare(nameOf(a), nameOf(b)),
  );
}

/** Runs for no alert come last. */
function nameOf({ cause }: RunbookRecord): string {
  return cause ?? '\uffff';
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function count(known: RunbookRecord | undefined, { runbook, cause, verdict }: RunRecord): RunbookRecord {
  const zero = { runbook, cause: cause ?? null, runs: 0, fixed: 0, noEffect: 0, worse: 0, none: 0 };
  const before = known ?? zero;
  const field = verdict === null ? 'none' : verdict === 'no-effect' ? 'noEffect' : verdict;
  return { ...before, runs: before.runs + 1, [field]: before[field] + 1 };
}
