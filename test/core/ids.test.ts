import { describe, expect, it } from 'vitest';
import { createGrowingIds } from '../../src/core/ids.ts';

describe('growing ids', () => {
  it('are different and sort in the order they were made', () => {
    const next = createGrowingIds(1_800_000_000_000);

    const ids = Array.from({ length: 5000 }, next);

    expect(new Set(ids).size).toBe(5000);
    expect([...ids].sort()).toEqual(ids);
  });

  it('do not repeat those of another process that started in the same millisecond', () => {
    const one = createGrowingIds(1_800_000_000_000);
    const other = createGrowingIds(1_800_000_000_000);

    expect(one()).not.toBe(other());
  });
});
