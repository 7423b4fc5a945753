import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpsError } from '../../src/core/errors.ts';
import { digestOf } from '../../src/journal/digest.ts';
import type { Change, Journal } from '../../src/journal/port.ts';
import { batchOf, eventOf, occurrence, rowOf, thing } from './builders.ts';

/** One store under test, and what it takes to open the same one again. */
export interface ContractSubject {
  journal: Journal;
  restart(): Promise<ContractSubject>;
  remove(): Promise<void>;
}

/** What every engine behind the port has to keep. `open` gives an empty store, at most `maxWaiting` machine rows. */
export function describeJournalContract(name: string, open: (maxWaiting: number) => Promise<ContractSubject>): void {
  describe(`journal contract: ${name}`, () => {
    let subject: ContractSubject;
    let journal: Journal;

    beforeEach(async () => {
      subject = await open(100);
      journal = subject.journal;
    });
    afterEach(() => subject.remove());

    async function restart(): Promise<void> {
      subject = await subject.restart();
      journal = subject.journal;
    }

    describe('inbox', () => {
      it('keeps the body byte for byte', async () => {
        const body = Uint8Array.from([0, 255, 10, 128, 0]);

        await journal.put({ ...rowOf('a'), body });

        const [row] = await journal.waiting(10);
        expect(Uint8Array.from(row?.body ?? [])).toEqual(body);
        expect(row).toMatchObject({ source: 'alertmanager', key: 'a', state: 'waiting', tries: 0, error: null });
      });

      it('stores one row for fifty puts of the same key at the same moment', async () => {
        const answers = await Promise.all(Array.from({ length: 50 }, () => journal.put(rowOf('same'))));

        expect(new Set(answers.map((answer) => answer.id)).size).toBe(1);
        expect(answers.filter((answer) => !answer.duplicate)).toHaveLength(1);
        expect(journal.waitingCount()).toBe(1);
      });

      it('knows a key again after a restart and after the row was handled', async () => {
        const { id } = await journal.put(rowOf('a'));
        await journal.append(batchOf({ done: [id] }));
        await restart();

        expect(await journal.put(rowOf('a'))).toEqual({ id, duplicate: true });
        expect(journal.waitingCount()).toBe(0);
      });

      it('gives people before what is urgent and that before other machines, oldest first', async () => {
        for (const key of ['m1', 'm2']) await journal.put(rowOf(key));
        for (const key of ['u1', 'u2']) await journal.put(rowOf(key, 'urgent'));
        for (const key of ['p1', 'p2']) await journal.put(rowOf(key, 'people'));

        const rows = await journal.waiting(5);

        expect(rows.map((row) => row.key)).toEqual(['p1', 'p2', 'u1', 'u2', 'm1']);
      });

      it('parks a row at its third failure and takes it back when told', async () => {
        const { id } = await journal.put(rowOf('a'));
        const results = [];
        for (const error of ['one', 'two', 'three']) results.push((await journal.failed(id, error)).parked);

        expect(results).toEqual([false, false, true]);
        expect(await journal.waiting(10)).toEqual([]);
        expect(await journal.parked(10)).toMatchObject([{ id, error: 'three', tries: 3, state: 'parked' }]);
        expect([journal.waitingCount(), journal.parkedCount()]).toEqual([0, 1]);
        expect(await journal.inboxState(id)).toBe('parked');

        expect(await journal.unpark()).toBe(1);
        expect([journal.waitingCount(), journal.parkedCount()]).toEqual([1, 0]);
        expect(await journal.waiting(10)).toMatchObject([{ id, tries: 0, state: 'waiting' }]);
      });

      it('takes back only the row that is named', async () => {
        const ids = [];
        for (const key of ['a', 'b']) ids.push((await journal.put(rowOf(key))).id);
        for (const id of ids) for (const error of ['1', '2', '3']) await journal.failed(id, error);

        expect(await journal.unpark(ids[1])).toBe(1);
        expect(await journal.unpark(999)).toBe(0);
        expect((await journal.waiting(10)).map((row) => row.key)).toEqual(['b']);
      });

      it('counts again what waits and is parked after a restart', async () => {
        const { id } = await journal.put(rowOf('a'));
        await journal.put(rowOf('b', 'people'));
        for (const error of ['1', '2', '3']) await journal.failed(id, error);
        await restart();

        expect([journal.waitingCount(), journal.parkedCount()]).toEqual([1, 1]);
      });

      it('forgets handled rows of before, never those that wait or are parked', async () => {
        const handled = await journal.put(rowOf('handled'));
        const later = await journal.put({ ...rowOf('later'), receivedAt: 5_000 });
        await journal.put({ ...rowOf('waits'), receivedAt: 5_000 });
        await journal.append(batchOf({ done: [handled.id, later.id] }));

        expect(await journal.forget(2_000)).toBe(1);
        expect(await journal.inboxState(handled.id)).toBeNull();
        expect(await journal.inboxState(later.id)).toBe('done');
        expect(journal.waitingCount()).toBe(1);
      });

      it('refuses machine rows beyond the bound and still takes people', async () => {
        const answers = await Promise.allSettled(Array.from({ length: 130 }, (_, n) => journal.put(rowOf(`m${n}`))));
        const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));

        expect(refused).toHaveLength(30);
        expect(refused[0]).toBeInstanceOf(OpsError);
        expect(refused[0]).toMatchObject({ code: 'INBOX_FULL', family: 'transient' });
        expect(await journal.put(rowOf('p', 'people'))).toMatchObject({ duplicate: false });
      });

      it('gives received rows of some sources again in their order, handled or not, page by page', async () => {
        const ids: number[] = [];
        for (const [index, source] of ['alertmanager', 'command', 'event', 'alertmanager', 'alertmanager'].entries()) {
          const row = { ...rowOf(`r${index}`, 'machines', source), receivedAt: 1_000 + index };
          ids.push((await journal.put(row)).id);
        }
        await journal.append(batchOf({ done: [ids[3] ?? 0] }));

        const filter = { sources: ['alertmanager', 'event'], since: 1_001, after: 0, limit: 2 };
        const first = await journal.receivedRows(filter);
        const second = await journal.receivedRows({ ...filter, after: first.at(-1)?.id ?? 0 });

        expect(first.map(({ id, state }) => ({ id, state }))).toEqual([
          { id: ids[2], state: 'waiting' },
          { id: ids[3], state: 'done' },
        ]);
        expect(second.map(({ id, body }) => ({ id, body: Buffer.from(body).toString() }))).toEqual([
          { id: ids[4], body: 'body of r4' },
        ]);
      });

      it('tells when the oldest waiting row was received', async () => {
        expect(await journal.oldestWaitingAt()).toBeNull();

        await journal.put({ ...rowOf('p', 'people'), receivedAt: 7_000 });
        await journal.put({ ...rowOf('m'), receivedAt: 3_000 });

        expect(await journal.oldestWaitingAt()).toBe(3_000);
      });
    });

    describe('truth', () => {
      it('numbers events from 1 and versions within the aggregate, and chains them', async () => {
        const first = await journal.append(
          batchOf({ aggregates: [thing(1, { events: [eventOf('opened'), eventOf('raised')] })] }),
        );
        await journal.append(batchOf({ aggregates: [thing(2)] }));
        await journal.append(batchOf({ aggregates: [thing(1, { expected: 2, events: [eventOf('closed')] })] }));

        const events = await journal.eventsAfter(0, 10);
        expect(first).toEqual({ kind: 'appended', events: events.slice(0, 2) });
        expect(events.map((event) => [event.seq, event.id, event.version])).toEqual([
          [1, 'TH-1', 1],
          [2, 'TH-1', 2],
          [3, 'TH-2', 1],
          [4, 'TH-1', 3],
        ]);
        expect(await journal.head()).toEqual({ seq: 4, hash: events[3]?.hash });
        expect(new Set(events.map((event) => event.hash)).size).toBe(4);
      });

      it('gives events after a number, about an incident and of an aggregate', async () => {
        await journal.append(batchOf({ aggregates: [thing(1)] }));
        await journal.append(batchOf({ aggregates: [thing(2)] }));
        await journal.append(
          batchOf({ aggregates: [{ ...thing(1), kind: 'other', id: 'O-1', number: 1, incident: 'GI-1' }] }),
        );

        const seqs = (events: ReadonlyArray<{ seq: number }>): number[] => events.map((event) => event.seq);
        expect(seqs(await journal.eventsAfter(1, 1))).toEqual([2]);
        expect(seqs(await journal.eventsAbout('GI-1'))).toEqual([1, 3]);
        expect(seqs(await journal.eventsOf('thing', 'TH-1'))).toEqual([1]);
        expect(await journal.eventsOf('thing', 'never')).toEqual([]);
        expect(await journal.eventsAbout('never')).toEqual([]);
      });

      it('changes nothing on a stale version and names the aggregate', async () => {
        await journal.append(batchOf({ aggregates: [thing(1)] }));

        const result = await journal.append(
          batchOf({
            aggregates: [thing(2), thing(1, { expected: 0 })],
            timers: [{ op: 'set', kind: 'thing', id: 'TH-2', purpose: 'p', dueAt: 1, data: {} }],
            payloads: new Map([[digestOf('text'), 'text']]),
            occurrences: [occurrence()],
          }),
        );

        expect(result).toEqual({ kind: 'conflict', aggregate: { kind: 'thing', id: 'TH-1' } });
        expect(await journal.aggregate('thing', 'TH-2')).toBeNull();
        expect(await journal.timersOf('thing', 'TH-2')).toEqual([]);
        expect(await journal.payload(digestOf('text'))).toBeNull();
        expect(await journal.occurrencesOf('GI-1')).toEqual([]);
        expect((await journal.head()).seq).toBe(1);
      });

      it('lets one of fifty deciders on the same version through', async () => {
        await journal.append(batchOf({ aggregates: [thing(1)] }));

        const results = await Promise.all(
          Array.from({ length: 50 }, (_, n) =>
            journal.append(batchOf({ aggregates: [thing(1, { expected: 1, state: { n } })] })),
          ),
        );

        expect(results.filter((result) => result.kind === 'appended')).toHaveLength(1);
        expect((await journal.aggregate('thing', 'TH-1'))?.version).toBe(2);
      });

      it('holds a key for one aggregate at a time', async () => {
        await journal.append(batchOf({ aggregates: [thing(1, { key: 'group' })] }));
        const taken = await journal.append(batchOf({ aggregates: [thing(2, { key: 'group' })] }));
        expect(taken).toEqual({ kind: 'conflict', aggregate: { kind: 'thing', id: 'TH-2' } });
        expect(await journal.aggregateByKey('thing', 'group')).toMatchObject({ id: 'TH-1', state: { n: 1 } });

        const handedOver = await journal.append(
          batchOf({ aggregates: [thing(2, { key: 'group' }), thing(1, { expected: 1, key: null })] }),
        );

        expect(handedOver.kind).toBe('appended');
        expect(await journal.aggregateByKey('thing', 'group')).toMatchObject({ id: 'TH-2' });
        expect(await journal.aggregateByKey('thing', 'other')).toBeNull();
      });

      it('takes several changes of one aggregate in a batch, in their order', async () => {
        const result = await journal.append(
          batchOf({
            aggregates: [
              thing(1),
              thing(1, { expected: 1, events: [eventOf('resolved')] }),
              thing(1, { expected: 2, key: null, state: { closed: true }, events: [eventOf('closed')] }),
            ],
          }),
        );

        expect(result.kind).toBe('appended');
        expect(await journal.aggregate('thing', 'TH-1')).toMatchObject({
          version: 3,
          key: null,
          state: { closed: true },
        });
        expect((await journal.eventsOf('thing', 'TH-1')).map((event) => event.version)).toEqual([1, 2, 3]);
      });

      it('undoes one batch of a group commit alone', async () => {
        const [good, bad, alsoGood] = await Promise.allSettled([
          journal.append(batchOf({ aggregates: [thing(1)] })),
          journal.append(batchOf({ aggregates: [thing(2)], payloads: new Map([['0'.repeat(32), 'not its text']]) })),
          journal.append(batchOf({ aggregates: [thing(3)] })),
        ]);

        expect([good?.status, bad?.status, alsoGood?.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
        expect((await journal.eventsAfter(0, 10)).map((event) => [event.seq, event.id])).toEqual([
          [1, 'TH-1'],
          [2, 'TH-3'],
        ]);
        expect(await journal.aggregate('thing', 'TH-2')).toBeNull();
      });

      it('gives the next number after the highest, and none twice', async () => {
        expect(await journal.nextNumber('thing')).toBe(1);
        await journal.append(batchOf({ aggregates: [thing(7)] }));
        expect(await journal.nextNumber('thing')).toBe(8);

        const sameNumber = await journal.append(batchOf({ aggregates: [thing(7, { id: 'TH-other', key: null })] }));

        expect(sameNumber.kind).toBe('conflict');
      });

      it('lists aggregates newest first, open ones and recently changed ones', async () => {
        for (const n of [1, 2, 3]) await journal.append({ ...batchOf({ aggregates: [thing(n)] }), at: n * 1_000 });
        await journal.append({ ...batchOf({ aggregates: [thing(3, { expected: 1, key: null })] }), at: 9_000 });

        const ids = async (filter?: { open?: boolean; since?: number; limit?: number }): Promise<string[]> =>
          (await journal.aggregates('thing', filter)).map((row) => row.id);
        expect(await ids()).toEqual(['TH-3', 'TH-2', 'TH-1']);
        expect(await ids({ limit: 1 })).toEqual(['TH-3']);
        expect(await ids({ open: true })).toEqual(['TH-2', 'TH-1']);
        expect(await ids({ since: 2_000 })).toEqual(['TH-3', 'TH-2']);
        expect(await ids({ open: true, since: 2_000 })).toEqual(['TH-2']);
      });

      it('finds the open aggregates whose state names a service', async () => {
        const service = (n: number, name: string | null) => thing(n, { state: { n, service: name } });
        await journal.append(
          batchOf({ aggregates: [service(1, 'redis'), service(2, 'gianna'), service(3, 'redis'), service(4, null)] }),
        );
        await journal.append(
          batchOf({ aggregates: [thing(1, { expected: 1, key: null, state: { n: 1, service: 'redis' } })] }),
        );

        const found = await journal.aggregates('thing', { open: true, service: 'redis' });

        expect(found.map(({ id }) => id)).toEqual(['TH-3']);
        expect(await journal.aggregates('other', { open: true, service: 'redis' })).toEqual([]);
      });

      it('keeps texts by digest, once, whatever they contain', async () => {
        const texts = ['', 'ümläut 🙂', 'nul \u0000 inside', '"quotes" \\ \n'];
        const payloads = new Map(texts.map((text) => [digestOf(text), text]));

        await journal.append(batchOf({ payloads }));
        await journal.append(batchOf({ payloads }));
        await restart();

        expect(await journal.payloads([...payloads.keys(), digestOf('absent')])).toEqual(payloads);
        expect(await journal.payload(digestOf('absent'))).toBeNull();
      });

      it('survives a restart whole and goes on in the chain', async () => {
        await journal.append(batchOf({ aggregates: [thing(1)] }));
        const before = await journal.eventsAfter(0, 10);
        await restart();
        await journal.append(batchOf({ aggregates: [thing(2)] }));

        const after = await journal.eventsAfter(0, 10);
        expect(after.slice(0, 1)).toEqual(before);
        expect(after[1]?.seq).toBe(2);
      });
    });

    describe('occurrences', () => {
      it('upserts by incident and fingerprint', async () => {
        await journal.append(batchOf({ occurrences: [occurrence(), occurrence({ fingerprint: 'f2' })] }));
        const ended = occurrence({ status: 'resolved', endsAt: 4_000 });
        await journal.append(batchOf({ occurrences: [ended] }));

        expect(await journal.occurrencesOf('GI-1')).toEqual([ended, occurrence({ fingerprint: 'f2' })]);
      });

      it('moves an occurrence to another incident and leaves no row behind', async () => {
        await journal.append(batchOf({ occurrences: [occurrence(), occurrence({ fingerprint: 'f2' })] }));
        await journal.append(batchOf({ moved: [{ fingerprint: 'f1', from: 'GI-1', to: 'GI-2' }] }));

        expect(await journal.occurrencesOf('GI-1')).toEqual([occurrence({ fingerprint: 'f2' })]);
        expect(await journal.occurrencesOf('GI-2')).toEqual([occurrence({ incident: 'GI-2' })]);
      });

      it('finds the open occurrence of a fingerprint, else the one that ended last', async () => {
        const old = occurrence({ incident: 'GI-1', status: 'resolved', endsAt: 2_000 });
        const newer = occurrence({ incident: 'GI-2', status: 'resolved', endsAt: 3_000 });
        await journal.append(batchOf({ occurrences: [newer, old] }));
        expect(await journal.latestOccurrences(['f1', 'none'])).toEqual(new Map([['f1', newer]]));

        const open = occurrence({ incident: 'GI-3', startsAt: 500 });
        await journal.append(batchOf({ occurrences: [open] }));

        expect((await journal.latestOccurrences(['f1'])).get('f1')).toEqual(open);
      });
    });

    describe('history of occurrences', () => {
      it('gives those that fire or ended since a time, page by page', async () => {
        const rows = [
          occurrence({ incident: 'GI-1', fingerprint: 'a' }),
          occurrence({ incident: 'GI-1', fingerprint: 'b', status: 'resolved', endsAt: 1_999 }),
          occurrence({ incident: 'GI-1', fingerprint: 'c', status: 'resolved', endsAt: 2_000 }),
          occurrence({ incident: 'GI-2', fingerprint: 'a', status: 'resolved', endsAt: 3_000 }),
        ];
        await journal.append(batchOf({ occurrences: rows }));

        const first = await journal.occurrencesSince(2_000, 2);
        const second = await journal.occurrencesSince(2_000, 2, first.at(-1));

        expect(first).toEqual([rows[0], rows[2]]);
        expect(second).toEqual([rows[3]]);
      });
    });

    describe('timers', () => {
      const timer = { kind: 'thing', id: 'TH-1', purpose: 'escalate', dueAt: 5_000, data: { level: 2 } };

      it('moves a timer that is set again and gives what is due, earliest first', async () => {
        const other = { ...timer, purpose: 'close', dueAt: 3_000 };
        await journal.append(batchOf({ timers: [{ op: 'set', ...timer, dueAt: 1_000 }] }));
        await journal.append(
          batchOf({
            timers: [
              { op: 'set', ...timer },
              { op: 'set', ...other },
            ],
          }),
        );
        await restart();

        expect(await journal.dueTimers(2_999, 10)).toEqual([]);
        expect(await journal.dueTimers(5_000, 10)).toEqual([other, timer]);
        expect(await journal.dueTimers(5_000, 1)).toEqual([other]);
        expect(await journal.nextTimerAt()).toBe(3_000);
        expect(await journal.timersOf('thing', 'TH-1')).toEqual([other, timer]);
      });

      it('cancels by purpose, all of an aggregate, or only while still due at a time', async () => {
        const purposes = ['a', 'b', 'c', 'd'];
        await journal.append(
          batchOf({ timers: purposes.map((purpose) => ({ op: 'set' as const, ...timer, purpose })) }),
        );
        const left = async (): Promise<string[]> =>
          (await journal.timersOf('thing', 'TH-1')).map((each) => each.purpose);
        const at = { op: 'cancel', kind: 'thing', id: 'TH-1' } as const;

        await journal.append(batchOf({ timers: [{ ...at, purpose: 'a' }] }));
        expect(await left()).toEqual(['b', 'c', 'd']);
        await journal.append(batchOf({ timers: [{ ...at, purpose: 'b', dueAt: 4_999 }] }));
        expect(await left()).toEqual(['b', 'c', 'd']);
        await journal.append(batchOf({ timers: [{ ...at, purpose: 'b', dueAt: 5_000 }] }));
        expect(await left()).toEqual(['c', 'd']);
        await journal.append(batchOf({ timers: [at] }));
        expect(await journal.nextTimerAt()).toBeNull();
      });
    });

    describe('effects', () => {
      const ask = { op: 'ask', key: 'page|GI-1', kind: 'page', incident: 'GI-1', data: { level: 1 } } as const;

      it('is asked for once, for ever', async () => {
        await journal.append(batchOf({ effects: [ask] }));
        await journal.claim(ask.key, 2_000);
        await journal.append(
          batchOf({ effects: [{ op: 'close', key: ask.key, state: 'done', result: { ok: true } }] }),
        );
        await journal.append(batchOf({ effects: [{ ...ask, data: { level: 9 } }] }));

        expect(await journal.effect(ask.key)).toMatchObject({
          state: 'done',
          data: { level: 1 },
          askedAt: 1_000,
          claimedAt: 2_000,
          closedAt: 1_000,
          result: { ok: true },
        });
      });

      it('is claimed by one of many, and durably', async () => {
        await journal.append(batchOf({ effects: [ask] }));

        const claims = await Promise.all(Array.from({ length: 20 }, () => journal.claim(ask.key, 2_000)));
        await restart();

        expect(claims.filter((claimed) => claimed)).toHaveLength(1);
        expect(await journal.effects({ kinds: ['page'], states: ['claimed'] })).toMatchObject([{ key: ask.key }]);
        expect(await journal.claim('never asked', 1)).toBe(false);
      });

      it('gives those that were asked for since a time', async () => {
        await journal.append({ ...batchOf({ effects: [ask] }), at: 1_000 });
        await journal.append({ ...batchOf({ effects: [{ ...ask, key: 'later' }] }), at: 2_000 });

        const found = await journal.effects({ kinds: ['page'], askedSince: 2_000 });

        expect(found.map(({ key }) => key)).toEqual(['later']);
      });

      it('drops what is only wanted, and leaves what was claimed', async () => {
        const keys = ['a', 'b', 'c'];
        await journal.append(batchOf({ effects: keys.map((key) => ({ ...ask, key })) }));
        await journal.claim('a', 2_000);
        await journal.append(batchOf({ effects: [{ op: 'drop', key: 'b', reason: 'acknowledged' }] }));
        await journal.append(
          batchOf({ effects: [{ op: 'dropAll', kind: 'page', incident: 'GI-1', reason: 'resolved' }] }),
        );

        const states = (await journal.effects({ incident: 'GI-1' })).map((effect) => [effect.state, effect.result]);
        expect(states).toEqual([
          ['claimed', null],
          ['dropped', { reason: 'acknowledged' }],
          ['dropped', { reason: 'resolved' }],
        ]);
        expect(await journal.claim('b', 3_000)).toBe(false);
      });

      it('goes back to wanted on again, but never once it is done', async () => {
        await journal.append(batchOf({ effects: [ask] }));
        await journal.claim(ask.key, 2_000);
        await journal.append(batchOf({ effects: [{ op: 'again', key: ask.key }] }));
        expect(await journal.effect(ask.key)).toMatchObject({ state: 'wanted', claimedAt: null });

        await journal.claim(ask.key, 3_000);
        await journal.append(batchOf({ effects: [{ op: 'close', key: ask.key, state: 'done', result: {} }] }));
        await journal.append(batchOf({ effects: [{ op: 'again', key: ask.key }] }));

        expect((await journal.effect(ask.key))?.state).toBe('done');
      });

      it('filters by kind, state, incident and limit, in the order they were asked for', async () => {
        await journal.append(
          batchOf({
            effects: [
              { ...ask, key: '1' },
              { ...ask, key: '2', kind: 'run', incident: null },
              { ...ask, key: '3', incident: 'GI-2' },
            ],
          }),
        );
        const keys = async (filter: Parameters<Journal['effects']>[0]): Promise<string[]> =>
          (await journal.effects(filter)).map((effect) => effect.key);

        expect(await keys({})).toEqual(['1', '2', '3']);
        expect(await keys({ kinds: ['page'] })).toEqual(['1', '3']);
        expect(await keys({ incident: 'GI-2', states: ['wanted'] })).toEqual(['3']);
        expect(await keys({ kinds: ['page', 'run'], limit: 2 })).toEqual(['1', '2']);
        expect(await keys({ kinds: [] })).toEqual([]);
        expect(await keys({ states: ['done'] })).toEqual([]);
      });
    });

    describe('cursors and documents', () => {
      it('keeps cursors, zero until they are set', async () => {
        expect(await journal.cursor('slack')).toBe(0);
        await journal.setCursor('slack', 5);
        await journal.setCursor('slack', 9);
        await restart();

        expect(await journal.cursor('slack')).toBe(9);
      });

      it('keeps, replaces and removes documents, alone and within a batch', async () => {
        await journal.putDocument('slack', 'a', { ts: '1' });
        await journal.append(
          batchOf({
            documents: [
              { collection: 'slack', key: 'a', value: { ts: '2' } },
              { collection: 'slack', key: 'b', value: { ts: '3' } },
            ],
          }),
        );
        await journal.putDocument('slack', 'b', null);
        await restart();

        expect(await journal.documents('slack')).toEqual([{ key: 'a', value: { ts: '2' } }]);
        expect(await journal.document('slack', 'a')).toEqual({ ts: '2' });
        expect(await journal.document('slack', 'b')).toBeNull();
      });
    });

    describe('life', () => {
      it('tells listeners of commits, after which the change can be read', async () => {
        const changes: Change[] = [];
        const stop = journal.onChange((change) => changes.push(change));

        await journal.put(rowOf('a'));
        await journal.append(batchOf({ aggregates: [thing(1)] }));
        await journal.append(
          batchOf({ timers: [{ op: 'set', kind: 'thing', id: 'TH-1', purpose: 'p', dueAt: 1, data: {} }] }),
        );
        await journal.append(batchOf({ aggregates: [thing(1)] }));
        stop();
        await journal.append(batchOf({ aggregates: [thing(2)] }));

        expect(changes.map((change) => [change.inbox, change.events.length, change.timers, change.effects])).toEqual([
          [true, 0, false, false],
          [false, 1, false, false],
          [false, 0, true, false],
        ]);
      });

      it.each(['people', 'urgent'] as const)(
        'tells that %s call, also when another one is served by the same commit',
        async (lane) => {
          const { id } = await journal.put(rowOf('p1', lane));
          const changes: Change[] = [];
          journal.onChange((change) => changes.push(change));

          await Promise.all([journal.append(batchOf({ done: [id] })), journal.put(rowOf('p2', lane))]);

          expect(changes.map(({ inbox, called }) => ({ inbox, called }))).toEqual([{ inbox: true, called: true }]);
        },
      );

      it('goes on when a listener throws', async () => {
        journal.onChange(() => {
          throw new Error('listener');
        });

        expect(await journal.put(rowOf('a'))).toMatchObject({ duplicate: false });
      });

      it('commits what waits when it is closed, and rejects later writes as transient', async () => {
        const waiting = [journal.put(rowOf('a')), journal.append(batchOf({ aggregates: [thing(1)] }))];
        await journal.close();

        await expect(Promise.all(waiting)).resolves.toHaveLength(2);
        await expect(journal.put(rowOf('b'))).rejects.toMatchObject({ family: 'transient' });
        expect(await journal.writable()).toBe(false);
        await restart();
        expect(journal.waitingCount()).toBe(1);
        expect((await journal.head()).seq).toBe(1);
      });

      it('says that it can be written', async () => {
        expect(await journal.writable()).toBe(true);
      });
    });
  });
}
