import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IncidentWorld, openIncidentWorld } from '../support/incident-world.ts';
import { T0 } from '../support/payloads.ts';

const MINUTE = 60_000;
const DAY = 24 * 3600_000;
const CRITICAL = { alertname: 'DatabaseConnectionIssue', severity: 'critical', component: 'database' };
const GONE = { reason: 'it is back' };

describe('a person opens an incident, and opens one again', () => {
  let world: IncidentWorld;
  beforeEach(async () => {
    world = await openIncidentWorld();
  });
  afterEach(() => world.close());

  it('opens one without alerts, which pages like any other', async () => {
    const answer = await world.ask('open', null, {
      title: 'Customers <!channel> cannot\nlog in',
      severity: 'p1',
      service: 'gianna',
      description: 'seen in support',
    });

    expect(answer).toMatchObject({ kind: 'done', text: 'GI-1 opened (P1).', incident: 'GI-1' });
    expect(await world.incident('GI-1')).toMatchObject({
      status: 'firing',
      severity: 'P1',
      service: 'gianna',
      channel: 'ops',
      byHand: true,
      about: {
        alertname: 'opened by hand',
        title: 'Customers <!channel> cannot log in',
        description: 'seen in support',
      },
      alerts: { firing: 0, resolved: 0 },
    });
    expect(await world.wanted('GI-1')).toEqual(['1/0:dm', '1/0:thread']);
    expect(await world.texts('GI-1')).toContain('opened by hand (P1)');
  });

  it('never recovers nor ends by itself: a person resolves it', async () => {
    await world.ask('open', null, { title: 'Slow since noon', severity: 'P2' });
    await world.pass(3 * DAY);
    const later = await world.incident('GI-1');
    const answer = await world.ask('resolve', 'GI-1');

    expect(later.status).toBe('firing');
    expect(answer.text).toBe('GI-1 resolved.');
  });

  it('refuses what is missing or unknown, naming it and what there is', async () => {
    const untitled = await world.ask('open', null, { title: '  ', severity: 'P1' });
    const severity = await world.ask('open', null, { title: 'x', severity: 'urgent' });
    const service = await world.ask('open', null, { title: 'x', severity: 'P1', service: 'gianan' });
    const long = await world.ask('open', null, { title: 'x'.repeat(301), severity: 'P1' });

    expect(untitled.code).toBe('TITLE_MISSING');
    expect(severity).toMatchObject({ code: 'SEVERITY_UNKNOWN', remedy: 'One of: P0, P1, P2, P3' });
    expect(service).toMatchObject({
      code: 'SERVICE_UNKNOWN',
      remedy: 'Did you mean gianna? Services: gianna, redis, worker',
    });
    expect(long.code).toBe('TITLE_TOO_LONG');
    expect(await world.journal.nextNumber('incident')).toBe(1);
  });

  it('reopens a resolved one: the same incident, without an owner, its pages anew', async () => {
    await world.deliver([{ labels: CRITICAL }]);
    await world.ask('ack', 'GI-1');
    await world.ask('resolve', 'GI-1');
    await world.sendAll();
    const answer = await world.ask('reopen', 'GI-1', GONE);

    expect(answer.text).toBe('GI-1 reopened. Its pages start anew.');
    expect(await world.incident('GI-1')).toMatchObject({ status: 'firing', owner: null, reopened: 1 });
    expect((await world.wanted('GI-1')).length).toBeGreaterThan(0);
    expect(await world.texts('GI-1')).toContain('reopened: it is back');
    expect(await world.timersOf('GI-1')).toEqual([]);
  });

  it('does not end again what a person reopened because an old end is told once more', async () => {
    const over = { labels: CRITICAL, status: 'resolved', endsAt: T0 + MINUTE } as const;
    await world.deliver([{ labels: CRITICAL }]);
    await world.deliver([over]);
    await world.ask('resolve', 'GI-1');
    await world.ask('reopen', 'GI-1', GONE);
    await world.deliver([over]);
    const held = await world.incident('GI-1');
    await world.deliver([{ labels: CRITICAL, startsAt: T0 + 2 * MINUTE }]);
    await world.deliver([{ ...over, startsAt: T0 + 2 * MINUTE, endsAt: T0 + 3 * MINUTE }]);

    expect(held).toMatchObject({ status: 'firing', byHand: true });
    expect(await world.incident('GI-1')).toMatchObject({ status: 'recovered' });
  });

  it('opens a new one in place of a closed one, linked to it, with the alerts that still fire', async () => {
    await world.deliver([{ labels: CRITICAL }]);
    await world.ask('resolve', 'GI-1');
    await world.pass(31 * MINUTE);
    const answer = await world.ask('reopen', 'GI-1', GONE);
    await world.deliver([{ labels: CRITICAL, status: 'resolved', endsAt: T0 + 40 * MINUTE }]);

    expect(answer).toMatchObject({
      incident: 'GI-2',
      text: 'GI-1 is closed for longer than it can be reopened: GI-2 opened in its place, linked to it.',
    });
    expect(await world.incident('GI-1')).toMatchObject({ status: 'closed', alerts: { firing: 0, resolved: 0 } });
    expect(await world.incident('GI-2')).toMatchObject({
      status: 'recovered',
      previous: 'GI-1',
      alerts: { firing: 0, resolved: 1 },
    });
    expect(await world.texts('GI-2')).toContain('opened by hand (P1) in place of GI-1, which is closed');
  });

  it('refuses to reopen what is open, or what has been followed by another one', async () => {
    await world.deliver([{ labels: CRITICAL }]);
    const open = await world.ask('reopen', 'GI-1', GONE);
    await world.deliver([{ labels: CRITICAL, status: 'resolved', endsAt: T0 + MINUTE }]);
    await world.ask('resolve', 'GI-1');
    await world.pass(31 * MINUTE);
    await world.deliver([{ labels: CRITICAL, startsAt: world.clock.now() }]);
    const followed = await world.ask('reopen', 'GI-1', GONE);

    expect(open).toMatchObject({
      code: 'NOT_RESOLVED',
      text: 'GI-1 is not resolved: it is firing. It was not reopened.',
    });
    expect(followed).toMatchObject({ code: 'ALREADY_OPEN', remedy: 'Go on there: incidents GI-2' });
  });
});
