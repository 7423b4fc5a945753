import type { IncidentView } from '../../alerts/incident-view.ts';
import { formatDuration } from '../../core/duration.ts';

const CELLS = 12;
const FIRING = '▇';
const QUIET = '▁';

/** `7 changes in 18m: ▇▁▇▁▇`: how often it turned, and when; the last cell is how it is now. Null: it does not flap. */
export function flappingWords({ flapping, status }: Pick<IncidentView, 'flapping' | 'status'>): string | null {
  if (flapping === null) return null;
  const { changes, count } = flapping;
  const [first, last] = [changes[0] ?? flapping.since, changes.at(-1) ?? flapping.since];
  const within = last > first ? ` in ${formatDuration((last - first) / 1000)}` : '';
  const isFiring = status === 'firing' || status === 'acknowledged';
  return `${count} changes${within}: ${patternOf(changes, isFiring)}`;
}

/** Twelve cells of equal time between the first and the last change, then one for now. */
function patternOf(changes: readonly number[], isFiring: boolean): string {
  const first = changes[0];
  const last = changes.at(-1);
  if (first === undefined || last === undefined || last <= first) return isFiring ? FIRING : QUIET;
  const width = (last - first) / CELLS;
  const cells = Array.from({ length: CELLS }, (_each, cell) =>
    stateAt(first + (cell + 0.5) * width, changes, isFiring),
  );
  return [...cells, isFiring].map((state) => (state ? FIRING : QUIET)).join('');
}

/** Every change turns the state; the one after the last is how it is now. */
function stateAt(at: number, changes: readonly number[], isFiring: boolean): boolean {
  const later = changes.filter((change) => change > at).length;
  return later % 2 === 0 ? isFiring : !isFiring;
}
