import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/core/json.ts';
import { appendAnchor } from '../../src/journal/anchor.ts';
import { chainedText } from '../../src/journal/chain.ts';
import { digestOf } from '../../src/journal/digest.ts';
import type { Evolvers } from '../../src/journal/evolver.ts';
import { exportJournal } from '../../src/journal/export.ts';
import type { NewEvent } from '../../src/journal/port.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { openTestJournal, type TestJournal } from '../support/journal.ts';
import { batchOf, eventOf, thing } from './builders.ts';

interface Count {
  n: number;
  raised: number;
}
const evolvers: Evolvers = {
  thing: (state: Count | null, event) => {
    if (event.type === 'thing.opened') return { n: event.data.n, raised: 0 };
    if (state === null) throw new Error('raised before it was opened');
    return { ...state, raised: state.raised + 1 };
  },
};

describe('verify', () => {
  let subject: TestJournal;
  beforeEach(async () => {
    subject = await openTestJournal();
    for (let n = 1; n <= 5; n += 1) await open(n);
    for (let n = 1; n <= 5; n += 1) await raise(n);
  });
  afterEach(() => subject.remove());

  async function open(n: number): Promise<void> {
    const text = `text of ${n}`;
    const events = [eventOf('opened', { n, about: digestOf(text) })];
    const payloads = new Map([[digestOf(text), text]]);
    await subject.journal.append(batchOf({ aggregates: [thing(n, { events, state: { n, raised: 0 } })], payloads }));
  }
  async function raise(n: number): Promise<void> {
    const change = thing(n, { expected: 1, events: [eventOf('raised')], state: { raised: 1, n } });
    await subject.journal.append(batchOf({ aggregates: [change] }));
  }
  function tamper(sql: string): void {
    const db = new SqliteDatabase(subject.path);
    db.exec(sql);
    db.close();
  }
  const anchorFile = (): string => `${subject.path}.anchor`;

  it('finds nothing wrong with what was appended, states and anchors included', async () => {
    const head = await subject.journal.head();
    appendAnchor(anchorFile(), head, 1_000);

    const verified = await verifyJournal({ path: subject.path, evolvers, anchor: anchorFile() });

    expect(verified).toEqual({ ok: true, events: 10, head, firstBad: null, states: { checked: 5, wrong: [] } });
    expect(readFileSync(anchorFile(), 'utf8')).toBe(`10 ${head.hash} 1970-01-01T00:00:01.000Z\n`);
  });

  it.each([
    ['edited data', `UPDATE event SET data = '{"n":99}' WHERE seq = 4`, 4],
    ['an edited time', 'UPDATE event SET at = at + 1 WHERE seq = 7', 7],
    ['an edited actor', 'UPDATE event SET actor = kind WHERE seq = 3', 3],
    ['a renamed word', `UPDATE word SET text = 'slack:U1' WHERE text = 'auto'`, 1],
    ['a deleted first row', 'DELETE FROM event WHERE seq = 1', 1],
    ['a deleted row', 'DELETE FROM event WHERE seq = 5', 5],
    [
      'a deleted row whose followers were renumbered',
      'DELETE FROM event WHERE seq = 5; UPDATE event SET seq = seq - 1 WHERE seq > 5',
      5,
    ],
    [
      'an inserted row',
      `UPDATE event SET seq = -seq - 1 WHERE seq > 5; UPDATE event SET seq = -seq WHERE seq < 0;
       INSERT INTO event SELECT 6, at, kind, subject, version, type, v, actor, incident, data, hash FROM event WHERE seq = 5`,
      6,
    ],
    [
      'two rows in the other order',
      'UPDATE event SET seq = -1 WHERE seq = 3; UPDATE event SET seq = 3 WHERE seq = 4; UPDATE event SET seq = 4 WHERE seq = -1',
      3,
    ],
    ['a text that is not the one of its digest', `UPDATE payload SET text = 'forged' WHERE text = 'text of 3'`, 3],
  ])('names the first bad row of %s', async (_what, sql, seq) => {
    tamper(sql);

    const verified = await verifyJournal({ path: subject.path });

    expect(verified.ok).toBe(false);
    expect(verified.firstBad?.seq).toBe(seq);
  });

  it('lets a text be erased without breaking the chain', async () => {
    tamper(`DELETE FROM payload WHERE text = 'text of 3'`);

    expect((await verifyJournal({ path: subject.path, evolvers })).ok).toBe(true);
  });

  it('shows a cut tail by the anchor alone', async () => {
    appendAnchor(anchorFile(), await subject.journal.head(), 1_000);
    tamper('DELETE FROM event WHERE seq > 8');

    expect((await verifyJournal({ path: subject.path })).firstBad).toBeNull();
    const verified = await verifyJournal({ path: subject.path, anchor: anchorFile() });
    expect(verified).toMatchObject({ ok: false, firstBad: { seq: 9 } });
  });

  it('shows a journal that was written anew by the anchor', async () => {
    writeFileSync(anchorFile(), `4 ${'0'.repeat(64)} 2026-01-01T00:00:00.000Z\n`);

    const verified = await verifyJournal({ path: subject.path, anchor: anchorFile() });

    expect(verified.firstBad?.seq).toBe(4);
  });

  it('refuses an anchor file that is none, and one that is not there', async () => {
    writeFileSync(anchorFile(), 'hello\n');
    const verify = (): Promise<unknown> => verifyJournal({ path: subject.path, anchor: anchorFile() });

    await expect(verify()).rejects.toMatchObject({ code: 'ANCHOR_MALFORMED' });
    rmSync(anchorFile());
    await expect(verify()).rejects.toMatchObject({ code: 'ANCHOR_UNREADABLE' });
  });

  it.each([
    ['an edited state', `UPDATE aggregate SET state = '{"n":2,"raised":7}' WHERE id = 'TH-2'`, 'TH-2'],
    ['a state without events', `UPDATE aggregate SET id = 'TH-9' WHERE id = 'TH-2'`, 'TH-9'],
    ['a state of another version', `UPDATE aggregate SET version = 5 WHERE id = 'TH-2'`, 'TH-2'],
  ])('names %s', async (_what, sql, id) => {
    tamper(sql);

    const verified = await verifyJournal({ path: subject.path, evolvers });

    expect(verified.firstBad).toBeNull();
    expect(verified.ok).toBe(false);
    expect(verified.states?.wrong.map((wrong) => wrong.id)).toContain(id);
  });

  it('raises no false alarm on any journal, and its exported lines hash to the chain', async () => {
    const data = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()) as fc.Arbitrary<NewEvent['data']>;
    const step = fc.record({
      thing: fc.integer({ min: 10, max: 14 }),
      events: fc.array(data, { maxLength: 3, minLength: 1 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        for (const { thing: n, events } of steps) {
          const before = await subject.journal.aggregate('thing', `TH-${n}`);
          const stored = events.map((each) => eventOf('changed', each));
          await subject.journal.append(
            batchOf({ aggregates: [thing(n, { expected: before?.version ?? 0, events: stored })] }),
          );
        }
        const verified = await verifyJournal({ path: subject.path });
        expect(verified.firstBad).toBeNull();
        expect(verified.head).toEqual(await subject.journal.head());
      }),
      { numRuns: 15 },
    );
  });

  it('exports every event with its texts, from which the hashed text can be written again', async () => {
    const lines: string[] = [];
    for await (const line of exportJournal(subject.journal)) lines.push(line);

    expect(lines).toHaveLength(10);
    const third = JSON.parse(lines[2] ?? '');
    expect(third.texts).toEqual({ [digestOf('text of 3')]: 'text of 3' });
    const { hash, time, texts, ...fields } = third;
    expect(chainedText({ ...fields, data: canonicalJson(fields.data) })).toBe(canonicalJson(fields));
    expect([hash.length, time]).toEqual([64, '1970-01-01T00:00:01.000Z']);
  });
});
