import type { SeverityPolicy } from '../../core/config/config.ts';
import type { ForecastStep } from '../forecast.ts';
import type { SimulatedRow } from './rows.ts';

/** What an ack at `ackAt` stops, and what its clock would do if its owner did not answer (CONFIG.md, `ack_expires`). */
export function ackRows(
  steps: readonly ForecastStep[],
  policy: SeverityPolicy,
  { startsAt, ackAt }: { readonly startsAt: number; readonly ackAt: number },
): SimulatedRow[] {
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
  if (policy.ackExpires === null) return rows;
  const { askAfterSeconds, pageOwnerAfterSeconds, nextLevelAfterSeconds } = policy.ackExpires;
  const askAt = ackAt + askAfterSeconds * 1000;
  const ownerAt = askAt + pageOwnerAfterSeconds * 1000;
  return [
    ...rows,
    row('ask', askAt, 'the owner is asked in the thread whether it is still in hand'),
    row('page-owner', ownerAt, 'no answer: the owner is paged'),
    row('next-level', ownerAt + nextLevelAfterSeconds * 1000, 'still no answer: the next level is paged'),
  ];
}

function stoppedText(stopped: readonly ForecastStep[]): string {
  if (stopped.length === 0) return '; none was left';
  const levels = stopped.filter(({ round }) => round === 0).map(({ level }) => `level ${level}`);
  const repeats = stopped.filter(({ round, exhausted }) => round > 0 && !exhausted).length;
  const parts = [...levels, ...(repeats === 0 ? [] : [repeats === 1 ? '1 repeat' : `${repeats} repeats`])];
  return parts.length === 0 ? '' : `; not sent any more: ${parts.join(', ')}`;
}
