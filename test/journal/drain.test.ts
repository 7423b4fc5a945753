import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../../src/core/command.ts';
import { refuse, transient } from '../../src/core/errors.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { createDrain, type Drain, type GroupHandler, type RowHandler } from '../../src/journal/drain.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import { commandIn, createSubmit } from '../../src/journal/submit.ts';
import { openTestJournal, type TestJournal } from '../support/journal.ts';
import { until } from '../support/process.ts';
import { batchOf, eventOf, rowOf, thing } from './builders.ts';

const ack: Command = { v: 1, verb: 'ack', by: 'slack:U1', at: 1_000, via: 'button', incident: 'GI-1', args: {} };

describe('the drain', () => {
  let subject: TestJournal;
  let drain: Drain | null = null;
  const seen: string[] = [];
  beforeEach(async () => {
    subject = await openTestJournal();
    seen.length = 0;
  });
  afterEach(async () => {
    await drain?.stop();
    await subject.remove();
  });

  function drainWith(handlers: Record<string, RowHandler>): Drain {
    const { journal, clock, logger } = subject;
    drain = createDrain({ journal, clock, logger, handlers, metrics: createJournalMetrics(createMetricsRegistry()) });
    return drain;
  }
  const noting: RowHandler = async (row) => {
    seen.push(row.key);
    return { batch: null };
  };

  it('handles what waited before it started, people first, each row once', async () => {
    for (const key of ['m1', 'm2']) await subject.journal.put(rowOf(key));
    await subject.journal.put(rowOf('p1', 'people', 'command'));
    const started = drainWith({ alertmanager: noting, command: noting });

    started.start();
    await started.idle();

    expect(seen).toEqual(['p1', 'm1', 'm2']);
    expect(subject.journal.waitingCount()).toBe(0);
  });

  describe('with rows that share a batch', () => {
    /** Takes rows until one whose key is `bad` comes, which fails when it is the first. */
    const together = (groups: string[][], bad = ''): GroupHandler => {
      return async (rows) => {
        const end = rows.findIndex((row) => row.key === bad);
        if (end === 0) throw new Error('cannot be decided');
        const taken = end === -1 ? rows : rows.slice(0, end);
        groups.push(taken.map((row) => row.key));
        return { batch: null, taken: taken.length };
      };
    };
    function drainTogether(group: GroupHandler): Drain {
      const { journal, clock, logger } = subject;
      const metrics = createJournalMetrics(createMetricsRegistry());
      const handlers = { command: noting };
      drain = createDrain({ journal, clock, logger, handlers, groups: { alertmanager: group }, metrics });
      return drain;
    }

    it('takes those that wait behind each other at once, in their order, after the people', async () => {
      const groups: string[][] = [];
      for (const key of ['m1', 'm2']) await subject.journal.put(rowOf(key));
      await subject.journal.put(rowOf('p1', 'people', 'command'));
      await subject.journal.put(rowOf('m3'));
      const started = drainTogether(together(groups));

      started.start();
      await started.idle();

      expect(seen).toEqual(['p1']);
      expect(groups).toEqual([['m1', 'm2', 'm3']]);
      expect(subject.journal.waitingCount()).toBe(0);
    });

    it('takes what is urgent before all that waits', async () => {
      const groups: string[][] = [];
      for (const key of ['m1', 'm2']) await subject.journal.put(rowOf(key));
      for (const key of ['u1', 'u2']) await subject.journal.put(rowOf(key, 'urgent'));
      await subject.journal.put(rowOf('p1', 'people', 'command'));
      const started = drainTogether(together(groups));

      started.start();
      await started.idle();

      expect(seen).toEqual(['p1']);
      expect(groups).toEqual([['u1', 'u2', 'm1', 'm2']]);
    });

    it('takes people and what is urgent in the middle of a flood, and lets the others wait', async () => {
      const groups: string[][] = [];
      const taking = together(groups);
      const started = drainTogether((rows) => {
        subject.clock.advance(5);
        return taking(rows);
      });
      const flood = async (prefix: string) => {
        for (let n = 0; n < 200; n += 1) await subject.journal.put(rowOf(`${prefix}${n}`));
        subject.clock.advance(60);
      };
      await flood('a');
      started.start();
      await until('the first batch is taken', () => groups.length > 0);
      await flood('b');
      await subject.journal.put(rowOf('p1', 'people', 'command'));
      await subject.journal.put(rowOf('u1', 'urgent'));
      await until('the urgent row is taken', () => groups.some((rows) => rows.includes('u1')));

      expect(seen).toEqual(['p1']);
      expect(groups.find((rows) => rows.includes('u1'))).toEqual(['u1']);
      expect(subject.journal.waitingCount()).toBeGreaterThan(100);
    });

    it('tries a person again in the middle of a flood, when the store was busy', async () => {
      const { journal, clock, logger } = subject;
      const metrics = createJournalMetrics(createMetricsRegistry());
      const taking = together([]);
      let groups = 0;
      let tries = 0;
      const command: RowHandler = async (row) => {
        tries += 1;
        if (tries === 1) throw transient('STORE_BUSY', 'busy', 'Try again.');
        return noting(row);
      };
      const alertmanager: GroupHandler = (rows) => {
        groups += 1;
        clock.advance(5);
        return taking(rows);
      };
      drain = createDrain({ journal, clock, logger, handlers: { command }, groups: { alertmanager }, metrics });
      const flood = async (prefix: string) => {
        for (let n = 0; n < 200; n += 1) await journal.put(rowOf(`${prefix}${n}`));
        clock.advance(60);
      };
      await flood('a');
      drain.start();
      await until('the first batch is taken', () => groups > 0);
      await journal.put(rowOf('p1', 'people', 'command'));
      await until('the person was tried', () => tries > 0);
      for (let round = 0; seen.length === 0 && round < 6; round += 1) await flood(`b${round}-`);

      expect(seen).toEqual(['p1']);
      expect(groups).toBeLessThan(4);
    });

    it('parks the one that fails three times, and loses none of those around it', async () => {
      const groups: string[][] = [];
      for (const key of ['m1', 'bad', 'm2', 'm3']) await subject.journal.put(rowOf(key));
      const started = drainTogether(together(groups, 'bad'));

      started.start();
      await started.idle();

      expect(groups).toEqual([['m1'], ['m2', 'm3']]);
      expect(await subject.journal.parked(10)).toMatchObject([{ key: 'bad', tries: 3, error: 'cannot be decided' }]);
    });

    it('takes the first alone when the batch of all cannot be appended', async () => {
      const sizes: number[] = [];
      for (const key of ['m1', 'm2']) await subject.journal.put(rowOf(key));
      const broken = { ...batchOf({}), documents: [{ collection: 'c', key: 'k', value: { n: 1n as never } }] };
      const started = drainTogether(async (rows) => {
        sizes.push(rows.length);
        return { batch: rows.length > 1 ? broken : null, taken: rows.length };
      });

      started.start();
      await started.idle();

      expect(sizes).toEqual([2, 1, 1]);
      expect(subject.journal.parkedCount()).toBe(0);
    });

    it('does not read more bodies at once than it should hold', async () => {
      const groups: string[][] = [];
      const body = new Uint8Array(1_500_000);
      for (const key of ['m1', 'm2', 'm3']) await subject.journal.put({ ...rowOf(key), body });
      const started = drainTogether(together(groups));

      started.start();
      await started.idle();

      expect(groups).toEqual([['m1', 'm2'], ['m3']]);
    });
  });

  it('lets a person overtake machines that came first', async () => {
    for (const key of ['m1', 'm2', 'm3']) await subject.journal.put(rowOf(key));
    const started = drainWith({
      command: noting,
      alertmanager: async (row) => {
        if (row.key === 'm1') await subject.journal.put(rowOf('p1', 'people', 'command'));
        return noting(row);
      },
    });

    started.start();
    await started.idle();

    expect(seen).toEqual(['m1', 'p1', 'm2', 'm3']);
  });

  it('is woken by a row that comes while it sleeps', async () => {
    const started = drainWith({ alertmanager: noting });
    started.start();
    await started.idle();

    const { id } = await subject.journal.put(rowOf('late'));

    await started.outcomeOf(id);
    expect(seen).toEqual(['late']);
  });

  it('stores the batch and the end of the row in one transaction', async () => {
    await subject.journal.put(rowOf('a'));
    const started = drainWith({ alertmanager: async () => ({ batch: batchOf({ aggregates: [thing(1)] }) }) });
    const states: Array<[number, number]> = [];
    subject.journal.onChange((change) => states.push([change.events.length, subject.journal.waitingCount()]));

    started.start();
    await started.idle();

    expect(states).toEqual([[1, 0]]);
  });

  it('decides again when somebody else was faster', async () => {
    await subject.journal.append(batchOf({ aggregates: [thing(1)] }));
    await subject.journal.put(rowOf('a'));
    let asked = 0;
    const started = drainWith({
      alertmanager: async () => {
        asked += 1;
        const now = await subject.journal.aggregate('thing', 'TH-1');
        const change = thing(1, { expected: now?.version ?? 0, events: [eventOf('raised')] });
        if (asked < 3) await subject.journal.append(batchOf({ aggregates: [change] }));
        return { batch: batchOf({ aggregates: [change] }) };
      },
    });

    started.start();
    await started.idle();

    expect(asked).toBe(3);
    expect((await subject.journal.aggregate('thing', 'TH-1'))?.version).toBe(4);
  });

  it('parks a row that fails three times, and takes the next one', async () => {
    const { id } = await subject.journal.put(rowOf('bad'));
    await subject.journal.put(rowOf('good'));
    const started = drainWith({
      alertmanager: async (row) => {
        if (row.key === 'bad') throw new Error('a bug');
        return noting(row);
      },
    });
    const outcome = started.outcomeOf(id);

    started.start();
    await started.idle();

    expect(seen).toEqual(['good']);
    expect(await subject.journal.parked(10)).toMatchObject([{ key: 'bad', error: 'a bug', tries: 3 }]);
    expect(await outcome).toMatchObject({ kind: 'refused', code: 'PARKED' });
    expect(await started.outcomeOf(id)).toMatchObject({ kind: 'refused', code: 'PARKED' });
  });

  it('parks a row that nobody handles', async () => {
    await subject.journal.put(rowOf('a', 'machines', 'unknown'));
    const started = drainWith({});

    started.start();
    await started.idle();

    expect(subject.journal.parkedCount()).toBe(1);
  });

  it('tries again later what failed in passing, and takes the next row meanwhile', async () => {
    const { id } = await subject.journal.put(rowOf('unlucky'));
    const next = await subject.journal.put(rowOf('lucky'));
    let tries = 0;
    const started = drainWith({
      alertmanager: async (row) => {
        if (row.key === 'unlucky' && tries++ < 5) throw transient('AWAY', 'away', 'wait');
        return noting(row);
      },
    });
    started.start();
    await started.outcomeOf(next.id);
    expect(seen).toEqual(['lucky']);

    const unlucky = started.outcomeOf(id).then(() => 'decided');
    await expect
      .poll(async () => {
        subject.clock.advance(10_000);
        return Promise.race([unlucky, new Promise((resolve) => setImmediate(resolve, 'waiting'))]);
      })
      .toBe('decided');

    expect(seen).toEqual(['lucky', 'unlucky']);
    expect(subject.journal.parkedCount()).toBe(0);
  });

  it('finishes the row in hand when it is stopped', async () => {
    await subject.journal.put(rowOf('a'));
    await subject.journal.put(rowOf('b'));
    let isInHand = false;
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const started = drainWith({
      alertmanager: async (row) => {
        isInHand = true;
        await held;
        return noting(row);
      },
    });
    started.start();
    await expect.poll(() => isInHand).toBe(true);

    const stopped = started.stop();
    release();
    await stopped;

    expect(seen).toEqual(['a']);
    expect(subject.journal.waitingCount()).toBe(1);
  });

  describe('with commands', () => {
    it('resolves once stored, and later with what was decided', async () => {
      const started = drainWith({
        command: async (row) => ({ batch: null, outcome: { kind: 'done', text: commandIn(row).verb } }),
      });
      const submit = createSubmit({ ...subject, drain: started });

      const submitted = await submit('click|1', ack);
      expect(submitted.duplicate).toBe(false);
      expect(subject.journal.waitingCount()).toBe(1);
      started.start();

      expect(await submitted.outcome).toEqual({ kind: 'done', text: 'ack' });
    });

    it('carries out twenty copies of a click once and gives each the same outcome', async () => {
      let carriedOut = 0;
      const started = drainWith({
        command: async () => {
          carriedOut += 1;
          return { batch: null, outcome: { kind: 'done', text: `time ${carriedOut}` } };
        },
      });
      started.start();
      const submit = createSubmit({ ...subject, drain: started });

      const submitted = await Promise.all(Array.from({ length: 20 }, () => submit('click|1', ack)));
      const outcomes = await Promise.all(submitted.map((each) => each.outcome));
      const later = await submit('click|1', ack);

      expect(carriedOut).toBe(1);
      expect(submitted.filter((each) => !each.duplicate)).toHaveLength(1);
      expect(
        new Set([...outcomes, await later.outcome].map((outcome) => outcome.kind === 'done' && outcome.text)),
      ).toEqual(new Set(['time 1']));
    });

    it('says "already taken" to a copy that comes after a restart', async () => {
      const started = drainWith({ command: noting });
      started.start();
      await (await createSubmit({ ...subject, drain: started })('click|1', ack)).outcome;
      await started.stop();

      const again = drainWith({ command: noting });
      again.start();
      const copy = await createSubmit({ ...subject, drain: again })('click|1', ack);

      expect(copy.duplicate).toBe(true);
      expect(await copy.outcome).toEqual({ kind: 'done', text: 'Already taken.' });
      expect(seen).toHaveLength(1);
    });

    it('gives a refusal that the handler throws to the asker, and does not park it', async () => {
      const started = drainWith({
        command: async () => {
          throw refuse('INCIDENT_UNKNOWN', 'There is no GI-1.', 'Look at the list.');
        },
      });
      started.start();

      const submitted = await createSubmit({ ...subject, drain: started })('click|1', ack);

      expect(await submitted.outcome).toEqual({
        kind: 'refused',
        code: 'INCIDENT_UNKNOWN',
        text: 'There is no GI-1.',
        remedy: 'Look at the list.',
      });
      expect([subject.journal.waitingCount(), subject.journal.parkedCount()]).toEqual([0, 0]);
    });

    it('tells who still waits at the stop that the command is kept', async () => {
      const started = drainWith({ command: noting });
      const submitted = await createSubmit({ ...subject, drain: started })('click|1', ack);
      const outcome = submitted.outcome;

      await Promise.resolve();
      const told = expect(outcome).resolves.toMatchObject({ kind: 'done' });
      await subject.journal.inboxState(1);
      await started.stop();

      await told;
      expect(subject.journal.waitingCount()).toBe(1);
    });
  });
});
