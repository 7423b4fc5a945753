import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NOTICE } from '../../src/journal/notice.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { findOrphans, type HostMark, type MarkingRun } from '../../src/runbooks/lease/find-orphans.ts';
import { createLeaseMetrics } from '../../src/runbooks/lease/metrics.ts';
import {
  createOrphanSweep,
  listOrphans,
  type OrphanSweep,
  orphanEvolvers,
} from '../../src/runbooks/lease/orphan-sweep.ts';
import { openTestJournal, silentLogger, type TestJournal } from '../support/journal.ts';

const OVER: MarkingRun = { isOpen: false, kept: [] };
const mark = (name: string): HostMark => ({ mark: name, since: null });

describe('a mark on a host is an orphan', () => {
  const known = (runs: Record<string, MarkingRun>, leases: Array<{ run: string; step: string }> = []) => ({
    leases,
    runs: new Map(Object.entries(runs)),
  });

  it.each([
    ['when its run is over and holds nothing', 'RUN-3-block', known({ 'RUN-3': OVER }), 'not-held'],
    ['when the journal has no such run', 'RUN-3-block', known({}), 'run-unknown'],
    ['not while a lease holds it', 'RUN-3-block', known({ 'RUN-3': OVER }, [{ run: 'RUN-3', step: 'block' }]), null],
    [
      'not while a lease holds it on one of several hosts',
      'RUN-3-block-web-1',
      known({ 'RUN-3': OVER }, [{ run: 'RUN-3', step: 'block' }]),
      null,
    ],
    [
      'when the lease is of another step',
      'RUN-3-blocked',
      known({ 'RUN-3': OVER }, [{ run: 'RUN-3', step: 'block' }]),
      'not-held',
    ],
    [
      'when the lease is of another run',
      'RUN-31-block',
      known({ 'RUN-31': OVER }, [{ run: 'RUN-3', step: 'block' }]),
      'not-held',
    ],
    ['not while its run is under way', 'RUN-3-block', known({ 'RUN-3': { isOpen: true, kept: [] } }), null],
    [
      'not when the change was meant for good',
      'RUN-3-block',
      known({ 'RUN-3': { isOpen: false, kept: ['block'] } }),
      null,
    ],
    ["not when it is somebody else's", 'fail2ban', known({}), null],
    ['not when it only looks like ours', 'RUN-x-block', known({}), null],
    ['not when it is no plain word', 'RUN-3-block; rm -rf /', known({}), null],
  ])('%s: %s', (_when, name, facts, why) => {
    const orphans = findOrphans('web-1', [mark(name)], facts);

    expect(orphans.map((orphan) => orphan.why)).toEqual(why === null ? [] : [why]);
  });
});

describe('orphans on hosts are reported', () => {
  let store: TestJournal;
  let marks: Record<string, HostMark[] | Error>;
  let runs: Record<string, MarkingRun>;
  let sweep: OrphanSweep;
  beforeEach(async () => {
    store = await openTestJournal();
    marks = { 'web-1': [{ mark: 'RUN-3-block', since: Date.UTC(2026, 10, 20, 8) }], 'web-2': [] };
    runs = { 'RUN-3': OVER };
    sweep = begin();
  });
  afterEach(async () => {
    await sweep.stop();
    const verified = await verifyJournal({ path: store.path, evolvers: orphanEvolvers });
    await store.remove();
    expect(verified).toMatchObject({ ok: true });
  });

  function begin(): OrphanSweep {
    const { journal, clock } = store;
    return createOrphanSweep({
      journal,
      clock,
      logger: silentLogger,
      metrics: createLeaseMetrics(new Registry()),
      hosts: () => Object.keys(marks),
      readMarks: async (host) => {
        const found = marks[host] ?? [];
        if (found instanceof Error) throw found;
        return found;
      },
      markingRun: async (run) => runs[run] ?? null,
    });
  }
  const told = async () => (await store.journal.effects({ kinds: [NOTICE] })).length;
  const types = async () => (await store.journal.eventsAfter(0, 100)).map(({ type }) => type);

  it('once, however often it is looked, across restarts', async () => {
    await sweep.lookOnce();
    await sweep.lookOnce();
    store = await store.restart();
    sweep = begin();
    await sweep.lookOnce();

    expect(await listOrphans(store.journal)).toEqual([
      {
        host: 'web-1',
        mark: 'RUN-3-block',
        run: 'RUN-3',
        why: 'not-held',
        since: '2026-11-20T08:00:00.000Z',
        foundAt: '2026-11-22T14:00:00.000Z',
      },
    ]);
    expect(await types()).toEqual(['orphan.found']);
    expect(await told()).toBe(1);
  });

  it('and again when it is back after it was gone', async () => {
    await sweep.lookOnce();
    marks['web-1'] = [];
    await sweep.lookOnce();
    const listed = await listOrphans(store.journal);
    marks['web-1'] = [mark('RUN-3-block')];
    await sweep.lookOnce();

    expect(listed).toEqual([]);
    expect(await types()).toEqual(['orphan.found', 'orphan.gone', 'orphan.found']);
    expect(await told()).toBe(2);
  });

  it('not as gone while their host cannot be read, and other hosts do not wait for it', async () => {
    await sweep.lookOnce();
    marks = { 'web-1': new Error('no answer'), 'web-2': [mark('RUN-9-block')] };
    await sweep.lookOnce();

    expect((await listOrphans(store.journal)).map(({ host }) => host).sort()).toEqual(['web-1', 'web-2']);
  });

  it('at the start and every hour', async () => {
    sweep.start();
    await until(async () => (await types()).length === 1);
    marks['web-2'] = [mark('RUN-9-block')];
    store.clock.advance(3599_000);
    await breathe();
    expect(await types()).toHaveLength(1);
    await until(async () => {
      store.clock.advance(1000);
      return (await types()).length === 2;
    });

    expect(await types()).toEqual(['orphan.found', 'orphan.found']);
  });
});

async function breathe(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await breathe();
}
