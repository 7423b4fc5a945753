import { randomBytes } from 'node:crypto';

const COUNTER_DIGITS = 8;

/**
 * Makes ids that are unique across restarts and grow with time, so that an index on them is written at its end only:
 * random ones would touch a page of the database each. `<start of this process>-<random>-<counter>`, base 36.
 */
export function createGrowingIds(startedAt: number): () => string {
  const prefix = `${startedAt.toString(36)}-${randomBytes(4).toString('hex')}`;
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}-${count.toString(36).padStart(COUNTER_DIGITS, '0')}`;
  };
}
