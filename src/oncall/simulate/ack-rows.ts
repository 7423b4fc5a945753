import { firstQuestion, momentAfter } from '../ack-clock.ts';
import type { PolicyTime } from '../due.ts';
import type { ForecastStep } from '../forecast.ts';
import { ACK_STEPS, type AckStep } from '../page.ts';
import type { SimulatedRow } from './rows.ts';

const SAID: Readonly<Record<AckStep, { readonly kind: SimulatedRow['kind']; readonly reason: string }>> = {
  ask: { kind: 'ask', reason: 'the owner is asked in the thread whether it is still in hand' },
  owner: { kind: 'page-owner', reason: 'no answer: the owner is paged' },
  level: { kind: 'next-level', reason: 'still no answer: the next level is paged' },
};

/** What an ack at `ackAt` stops, and what its clock would do if its owner did not answer (CONFIG.md, `ack_expires`). */
export function ackRows(
  steps: readonly ForecastStep[],
  time: PolicyTime,
  { startsAt, ackAt }: { readonly startsAt: number; readonly ackAt: number },
): SimulatedRow[] {
  const { policy } = time;
  const reached = steps.findLast(({ at }) => at <= ackAt);
  const stopped = steps.filter(({ at }) => at > ackAt);
  const level = reached?.level ?? 0;
  const row = (kind: SimulatedRow['kind'], at: number, reason: string): SimulatedRow => ({
    kind,
    at,
    afterSeconds: Math.round((at - startsAt) / 1000),
    level: kind === 'next-level' ? Math.min(level + 1, policy.levels.length) : level,
    round: 0,
    target: 'owner',
    person: null,
    by: [],
    reason,
  });
  const rows = [row('ack', ackAt, `acknowledged: every page stops${stoppedText(stopped)}`)];
  let moment = firstQuestion(time, ackAt);
  for (const step of ACK_STEPS) {
    if (moment === null) break;
    const { kind, reason } = SAID[step];
    rows.push(row(kind, moment.at, reason));
    moment = momentAfter(time, step, moment.at);
  }
  return rows;
}

function stoppedText(stopped: readonly ForecastStep[]): string {
  if (stopped.length === 0) return '; none was left';
  const levels = stopped.filter(({ round }) => round === 0).map(({ level }) => `level ${level}`);
  const repeats = stopped.filter(({ round, exhausted }) => round > 0 && !exhausted).length;
  const parts = [...levels, ...(repeats === 0 ? [] : [repeats === 1 ? '1 repeat' : `${repeats} repeats`])];
  return parts.length === 0 ? '' : `; not sent any more: ${parts.join(', ')}`;
}
