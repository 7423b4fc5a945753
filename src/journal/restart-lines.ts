import { formatDuration } from '../core/duration.ts';
import type { StartFacts } from './presence.ts';

/**
 * What the notice after a restart says, one plain sentence each (DESIGN.md, What nobody else has, 6): what fell due
 * meanwhile and goes out now, what waited, which runs were cut off.
 */
export function restartLines(facts: StartFacts, interruptedRuns: readonly string[]): string[] {
  const late = facts.overdueTimers.map(({ id, purpose, dueAt }) => {
    return `${id}: ${purpose} fell due ${formatDuration((facts.at - dueAt) / 1000)} ago; it is carried out now, marked late.`;
  });
  const waiting =
    facts.waitingRows === 0
      ? []
      : [`${facts.waitingRows} stored deliveries and commands waited; they are worked off now.`];
  const runs = interruptedRuns.map(
    (run) => `${run} was cut off: outcome unknown. It is not run again by itself; look at its thread.`,
  );
  return [...late, ...waiting, ...runs];
}
