import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { createJournalMetrics, observeJournal } from '../../src/journal/metrics.ts';
import type { Journal } from '../../src/journal/port.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { openTestJournal, type TestJournal } from '../support/journal.ts';
import { batchOf, rowOf, thing } from './builders.ts';

describe('the metrics of the journal', () => {
  let subject: TestJournal;
  let journal: Journal;
  const registry = createMetricsRegistry();
  beforeEach(async () => {
    registry.clear();
    subject = await openTestJournal();
    await subject.journal.close();
    const metrics = createJournalMetrics(registry);
    journal = await openSqliteJournal({ ...subject, metrics, maxWaiting: 100 });
    observeJournal(registry, journal, subject.clock);
  });
  afterEach(async () => {
    await journal.close();
    await subject.remove();
  });

  async function sampleOf(line: string): Promise<number> {
    const text = await registry.metrics();
    const found = text.split('\n').find((each) => each.startsWith(`${line} `));
    return Number(found?.split(' ')[1]);
  }

  it('show what waits, what is parked and how old the oldest row is', async () => {
    const receivedAt = subject.clock.now();
    const { id } = await journal.put({ ...rowOf('bad'), receivedAt });
    for (const error of ['1', '2', '3']) await journal.failed(id, error);
    await journal.put({ ...rowOf('a'), receivedAt });
    subject.clock.advance(90_000);

    expect(await sampleOf('gianna_ops_inbox_waiting')).toBe(1);
    expect(await sampleOf('gianna_ops_inbox_parked')).toBe(1);
    expect(await sampleOf('gianna_ops_inbox_oldest_waiting_seconds')).toBe(90);
  });

  it('count events, conflicts and what was refused for being too much', async () => {
    await journal.append(batchOf({ aggregates: [thing(1)] }));
    await journal.append(batchOf({ aggregates: [thing(1)] }));
    await Promise.allSettled(Array.from({ length: 110 }, (_, n) => journal.put(rowOf(`m${n}`))));

    expect(await sampleOf('gianna_ops_journal_events_total')).toBe(1);
    expect(await sampleOf('gianna_ops_journal_head_events')).toBe(1);
    expect(await sampleOf('gianna_ops_journal_conflicts_total')).toBe(1);
    expect(await sampleOf('gianna_ops_inbox_refused_total{reason="full"}')).toBe(10);
  });

  it('show that rows of the same moment share their commits', async () => {
    await Promise.all(Array.from({ length: 100 }, (_, n) => journal.put(rowOf(`m${n}`))));

    const commits = await sampleOf('gianna_ops_journal_commit_seconds_count');
    expect(commits).toBeGreaterThan(0);
    expect(commits).toBeLessThan(20);
  });
});
