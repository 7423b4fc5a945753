import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDesk, type TestDesk } from '../support/alert-desk.ts';
import { testConfig } from '../support/config.ts';
import { T0 } from '../support/payloads.ts';

const CRITICAL = { alertname: 'DatabaseConnectionIssue', severity: 'critical', component: 'database' };

describe('people act on an incident and are told what came of it', () => {
  let desk: TestDesk;
  beforeEach(async () => {
    desk = await openTestDesk();
    await desk.deliver([{ labels: CRITICAL }]);
  });
  afterEach(() => desk.verifyAndRemove());

  it('tells the loser of a race who acknowledged, and when', async () => {
    await desk.ask('ack', 'GI-1', { by: 'slack:U03BEN' });
    desk.clock.advance(4000);

    const late = await desk.ask('ack', 'GI-1');

    expect(late).toMatchObject({ code: 'ALREADY_ACKNOWLEDGED', text: 'Already acknowledged by ben 4s ago.' });
    expect((await desk.incident('GI-1')).owner).toBe('slack:U03BEN');
  });

  it('refuses to resolve what had recovered when the person looked and fires again now', async () => {
    await desk.deliver([{ labels: CRITICAL, status: 'resolved', endsAt: T0 + 1000 }]);
    const { version: seen } = await desk.incident('GI-1');
    await desk.deliver([{ labels: CRITICAL, startsAt: T0 + 2000 }]);

    const refused = await desk.ask('resolve', 'GI-1', { seen });
    const { version } = await desk.incident('GI-1');
    const again = await desk.ask('resolve', 'GI-1', { seen: version });

    expect(refused.code).toBe('FIRES_AGAIN');
    expect(again.kind).toBe('done');
  });

  it('resolves with an old version when it fired then too', async () => {
    await desk.ask('ack', 'GI-1');

    const outcome = await desk.ask('resolve', 'GI-1', { seen: 1 });

    expect(outcome.kind).toBe('done');
  });

  it('says that a resolved or closed incident is over', async () => {
    await desk.ask('resolve', 'GI-1');
    const ack = await desk.ask('ack', 'GI-1');
    await desk.pass(31 * 60_000);
    const resolve = await desk.ask('resolve', 'GI-1');

    expect(ack.text).toBe('Already resolved by ana 0s ago.');
    expect(resolve).toMatchObject({ code: 'INCIDENT_CLOSED', text: 'GI-1 closed 1m ago.' });
  });

  it('says that a recovered incident needs no acknowledgement', async () => {
    await desk.deliver([{ labels: CRITICAL, status: 'resolved' }]);

    expect((await desk.ask('ack', 'GI-1')).code).toBe('ALREADY_RECOVERED');
  });

  it('refuses an incident that does not exist', async () => {
    expect((await desk.ask('ack', 'GI-99')).code).toBe('INCIDENT_UNKNOWN');
  });

  it('writes a note into the timeline, and refuses an empty one', async () => {
    const empty = await desk.ask('note', 'GI-1', { args: { text: '  ' } });
    const noted = await desk.ask('note', 'GI-1', { args: { text: 'pool <!channel> exhausted' } });

    const last = (await desk.timeline('GI-1')).at(-1);

    expect(empty.code).toBe('NOTE_EMPTY');
    expect(noted.kind).toBe('done');
    expect(last).toMatchObject({ by: 'slack:U01ONCALL', text: 'note: pool <!channel> exhausted' });
  });

  it('asks for one diagnosis at a time and writes down its result', async () => {
    const first = await desk.ask('diagnose', 'GI-1');
    const second = await desk.ask('diagnose', 'GI-1');
    const wanted = await desk.journal.effects({ kinds: ['diagnose'] });
    await desk.diagnosed('GI-1', [{ probe: 'gianna-health', result: 'ok' }]);

    expect(first).toMatchObject({ kind: 'done', text: 'Diagnosis of gianna has started.' });
    expect(second.code).toBe('DIAGNOSIS_RUNNING');
    expect(wanted).toMatchObject([
      { key: 'diagnose|GI-1|2', incident: 'GI-1', data: { service: 'gianna', by: 'slack:U01ONCALL' } },
    ]);
    expect((await desk.timeline('GI-1')).at(-1)?.kind).toBe('incident.diagnosed');
  });

  it('says why there is nothing to diagnose', async () => {
    desk.config.swap(testConfig({ services: {}, defaultService: null }));
    await desk.deliver([{ fingerprint: 'f9', labels: { alertname: 'Other', severity: 'critical' } }]);
    const noService = await desk.ask('diagnose', 'GI-2');
    const noProbes = await desk.ask('diagnose', 'GI-1');

    expect(noService.code).toBe('NO_SERVICE');
    expect(noProbes.code).toBe('NO_PROBES');
  });
});
