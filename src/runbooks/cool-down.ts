import type { RunbookConfig } from '../core/config/config.ts';
import type { Journal } from '../journal/port.ts';
import { RUN_KIND } from './run-change.ts';
import type { RunRecord } from './run-record.ts';

/** For how many seconds a runbook has still to wait for targets that a run of it changed lately; 0: it need not. */
export async function coolDownLeft(
  runbook: RunbookConfig,
  locks: readonly string[],
  now: number,
  journal: Pick<Journal, 'aggregates'>,
): Promise<number> {
  if (runbook.cooldownSeconds === null) return 0;
  const since = now - runbook.cooldownSeconds * 1000;
  const rows = await journal.aggregates<RunRecord>(RUN_KIND, { since });
  const ends = rows.flatMap(({ state }) => {
    const isOne = state.runbook === runbook.runbook && state.startedAt !== null && !state.dry;
    return isOne && state.endedAt !== null && state.locks.some((lock) => locks.includes(lock)) ? [state.endedAt] : [];
  });
  const latest = Math.max(Number.NEGATIVE_INFINITY, ...ends);
  return Math.max(0, Math.ceil((latest - since) / 1000));
}
