import type { WantedCopies } from '../driver.ts';

/** The number that is meant, of so many at present; `without` one is one less. */
export function countWanted(wanted: WantedCopies, from: number): number {
  if ('to' in wanted) return wanted.to;
  return 'by' in wanted ? from + wanted.by : from - 1;
}
