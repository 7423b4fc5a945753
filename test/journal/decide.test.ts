import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decideUntilAppended } from '../../src/journal/decide.ts';
import type { Evolvers } from '../../src/journal/evolver.ts';
import type { Batch } from '../../src/journal/port.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { openTestJournal, type TestJournal } from '../support/journal.ts';
import { batchOf, eventOf, thing } from './builders.ts';

interface Sum {
  total: number;
}
const evolvers: Evolvers = {
  thing: (state: Sum | null, event) => ({ total: (state?.total ?? 0) + Number(event.data.amount) }),
};

describe('deciding until it is appended', () => {
  let subject: TestJournal;
  beforeEach(async () => {
    subject = await openTestJournal();
  });
  afterEach(() => subject.remove());

  async function addTo(n: number, amount: number, turns: number): Promise<Batch> {
    const row = await subject.journal.aggregate<Sum>('thing', `TH-${n}`);
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const state = { total: (row?.state.total ?? 0) + amount };
    const events = [eventOf('added', { amount })];
    return batchOf({ aggregates: [thing(n, { expected: row?.version ?? 0, state, events })] });
  }

  it('loses no change of many at the same time, in any interleaving', async () => {
    const change = fc.record({
      thing: fc.integer({ min: 1, max: 3 }),
      amount: fc.integer({ min: 1, max: 9 }),
      turns: fc.integer({ min: 0, max: 3 }),
    });
    const expected = new Map<number, number>();

    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 30 }), async (changes) => {
        for (const each of changes) expected.set(each.thing, (expected.get(each.thing) ?? 0) + each.amount);

        await Promise.all(
          changes.map((each) => decideUntilAppended(subject.journal, () => addTo(each.thing, each.amount, each.turns))),
        );

        for (const [n, total] of expected) {
          expect((await subject.journal.aggregate<Sum>('thing', `TH-${n}`))?.state).toEqual({ total });
        }
      }),
      { numRuns: 15, endOnFailure: true },
    );

    const verified = await verifyJournal({ path: subject.path, evolvers });
    expect(verified).toMatchObject({ ok: true, states: { wrong: [] } });
  });

  it('appends nothing when nothing is wanted any more', async () => {
    expect(await decideUntilAppended(subject.journal, async () => null)).toBeNull();
    expect((await subject.journal.head()).seq).toBe(0);
  });

  it('gives up as transient when it never comes first', async () => {
    await subject.journal.append(batchOf({ aggregates: [thing(1)] }));
    let asked = 0;

    const stale = decideUntilAppended(subject.journal, async () => {
      asked += 1;
      return batchOf({ aggregates: [thing(1)] });
    });

    await expect(stale).rejects.toMatchObject({ code: 'STORE_CONTENDED', family: 'transient' });
    expect(asked).toBe(50);
  });
});
