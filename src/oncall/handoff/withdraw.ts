import { type BatchPart, joinBatchParts } from '../../alerts/change.ts';
import type { OncallConfig } from '../../core/config/config.ts';
import { askNotice } from '../../journal/notice.ts';
import type { AggregateRow } from '../../journal/port.ts';
import { changeOf, stageTimer } from './change.ts';
import { nextHandoff } from './coming.ts';
import type { HandoffState } from './handoff-state.ts';

/** Whether a handoff that was told is not to come any more: another override, or another configuration. */
export function isWithdrawn(oncall: OncallConfig, { schedule, at, to, status }: HandoffState, now: number): boolean {
  if (at <= now || status === 'over') return false;
  const coming = nextHandoff(oncall, schedule, at - 1);
  return coming === null || coming.at !== at || coming.to.join() !== to.join();
}

/** Ends it, and tells everybody who had been told of it. */
export function withdraw(row: AggregateRow<HandoffState>): BatchPart {
  const { id, schedule, from, to } = row.state;
  const notices = [...from, ...to].map((person) =>
    askNotice(`handoff|${id}|withdrawn|${person}`, {
      to: { person },
      title: `The handoff of ${schedule} has changed`,
      lines: [`${id} no longer holds: the schedule is another one now. See: /gianna oncall`],
    }),
  );
  const change = changeOf(row, { type: 'handoff.over', v: 1, data: { withdrawn: true } });
  return joinBatchParts([...notices, { aggregates: [change], timers: [stageTimer(id, null)] }]);
}
