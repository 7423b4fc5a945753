import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IncidentWorld, openIncidentWorld } from '../support/incident-world.ts';
import { T0 } from '../support/payloads.ts';

const MINUTE = 60_000;
const CRITICAL = { alertname: 'DatabaseConnectionIssue', severity: 'critical', component: 'database' };
const DOWN = { alertname: 'GiannaServiceDown', severity: 'critical', component: 'health' };
const GROUP = { groupLabels: { job: 'gianna' } };
const WHY = { reason: 'one customer alone' };

describe('a person chooses the severity', () => {
  let world: IncidentWorld;
  beforeEach(async () => {
    world = await openIncidentWorld();
    await world.deliver([{ labels: CRITICAL }], GROUP);
    await world.sendAll();
  });
  afterEach(() => world.close());

  it('raised: the policy of the new severity starts at its level 0', async () => {
    const answer = await world.ask('severity', 'GI-1', { to: 'P0', reason: 'checkout is down' });

    expect(answer.text).toBe('GI-1 raised from P1 to P0.');
    expect((await world.incident('GI-1')).severity).toBe('P0');
    expect(await world.wanted('GI-1')).toEqual(['1/0:dm', '1/0:dm', '1/0:thread']);
    expect(await world.nextPageAt('GI-1')).toBe(T0 + 5 * MINUTE);
    expect(await world.texts('GI-1')).toContain('severity changed from P1 to P0: checkout is down');
  });

  it('lowered: it goes on by the new policy, and nobody who was paged is paged anew at once', async () => {
    await world.ask('severity', 'GI-1', { to: 'P0', reason: 'checkout is down' });
    await world.sendAll();
    await world.pass(6 * MINUTE);
    await world.sendAll();
    const answer = await world.ask('severity', 'GI-1', { to: 'P1', ...WHY });
    const atOnce = await world.wanted('GI-1');
    await world.pass(30 * MINUTE);

    expect(answer.text).toBe('GI-1 lowered from P0 to P1. Its pages follow P1 from now on.');
    expect(atOnce).toEqual([]);
    expect(await world.wanted('GI-1')).toEqual(['2/0:dm', '2/0:thread']);
  });

  it('lowered to one without pages: they stop; its thread stays', async () => {
    await world.ask('severity', 'GI-1', { to: 'P3', ...WHY });
    await world.pass(3 * 3600_000);

    expect(await world.incident('GI-1')).toMatchObject({ severity: 'P3', digest: false, status: 'firing' });
    expect(await world.wanted('GI-1')).toEqual([]);
    expect(await world.nextPageAt('GI-1')).toBeNull();
  });

  it('is not undone when the same alerts are delivered again', async () => {
    await world.ask('severity', 'GI-1', { to: 'P2', ...WHY });
    await world.deliver([{ labels: CRITICAL }], GROUP);
    await world.deliver(
      [{ labels: CRITICAL }, { fingerprint: 'f2', labels: { ...CRITICAL, severity: 'info' } }],
      GROUP,
    );

    expect((await world.incident('GI-1')).severity).toBe('P2');
  });

  it('is raised again by an alert that begins later and is more urgent', async () => {
    await world.ask('severity', 'GI-1', { to: 'P2', ...WHY });
    await world.deliver([{ labels: CRITICAL }, { fingerprint: 'f2', labels: DOWN, startsAt: T0 + MINUTE }], GROUP);

    expect((await world.incident('GI-1')).severity).toBe('P0');
  });

  it('ends a recovered incident as the new severity says', async () => {
    await world.deliver([{ labels: CRITICAL, status: 'resolved', endsAt: T0 + MINUTE }], GROUP);
    const before = await world.timersOf('GI-1');
    await world.ask('severity', 'GI-1', { to: 'P2', ...WHY });
    const after = await world.timersOf('GI-1');
    await world.pass(5 * MINUTE);

    expect([before, after]).toEqual([['resolve-reminder'], ['auto-resolve']]);
    expect(await world.incident('GI-1')).toMatchObject({ status: 'resolved', resolvedBy: 'auto' });
  });

  it('refuses the same, an unknown one, and one without a reason', async () => {
    const same = await world.ask('severity', 'GI-1', { to: 'P1', ...WHY });
    const unknown = await world.ask('severity', 'GI-1', { to: 'P7', ...WHY });
    const silent = await world.ask('severity', 'GI-1', { to: 'P2', reason: ' ' });
    const long = await world.ask('severity', 'GI-1', { to: 'P2', reason: 'x'.repeat(301) });
    await world.ask('resolve', 'GI-1');
    const over = await world.ask('severity', 'GI-1', { to: 'P2', ...WHY });

    expect([same.code, unknown.code, silent.code, long.code, over.code]).toEqual([
      'SEVERITY_SAME',
      'SEVERITY_UNKNOWN',
      'REASON_MISSING',
      'REASON_TOO_LONG',
      'ALREADY_RESOLVED',
    ]);
  });
});
