import { afterEach, describe, expect, it } from 'vitest';
import type { Config } from '../../src/core/config/config.ts';
import { testConfig } from '../support/config.ts';
import { openReportsWorld, type ReportsWorld } from '../support/reports-world.ts';

const HOUR = 3600_000;
/** Monday 2026-11-23 08:00 in São Paulo. */
const MONDAY_EIGHT = Date.UTC(2026, 10, 23, 11);
const INFO = { severity: 'info', component: 'business' };

let world: ReportsWorld;
afterEach(() => world.close());

async function digests() {
  return (await world.notices()).filter(({ key }) => key.startsWith('notice|daily-digest'));
}

function inZone(timezone: string, days: 'business' | 'daily' = 'daily'): Config {
  const config = testConfig();
  return { ...config, reports: { digest: { at: '02:30', timezone, channel: 'ops', days }, weekly: null } };
}

describe('the daily digest', () => {
  it('tells what opens no thread, by alert with counts, and pages nobody', async () => {
    world = await openReportsWorld({ startAt: MONDAY_EIGHT });
    const usage = { ...INFO, alertname: 'LowUsage' };
    await world.deliver([{ fingerprint: 'a', labels: usage }], { groupLabels: { host: 'a' } });
    await world.deliver([{ fingerprint: 'b', labels: usage }], { groupLabels: { host: 'b' } });
    await world.deliver([{ fingerprint: 'c', labels: { ...INFO, alertname: 'CertSoon' } }]);
    await world.deliver([{ fingerprint: 'b', status: 'resolved', labels: usage }], { groupLabels: { host: 'b' } });
    await world.deliver([{ fingerprint: 'd', labels: { alertname: 'HighCPU', severity: 'warning' } }]);

    await world.passTo(MONDAY_EIGHT + 2 * HOUR);

    const [digest, ...others] = await digests();
    expect(others).toEqual([]);
    expect(digest).toMatchObject({
      to: { channel: 'ops' },
      title: 'Daily digest: 3 new, 2 firing, 1 ended',
      askedAt: MONDAY_EIGHT + HOUR,
    });
    expect(digest?.lines).toContain('• LowUsage: 2 new, 1 firing, 1 ended');
    expect(digest?.lines).toContain('• CertSoon: 1 new, 1 firing');
    expect(JSON.stringify(digest)).not.toContain('HighCPU');
    const pages = await world.journal().effects({ kinds: ['page'] });
    expect(pages.every(({ incident }) => incident === 'GI-4')).toBe(true);
  });

  it('counts each day anew: what went on firing is no longer new, what ended is told once', async () => {
    world = await openReportsWorld({ startAt: MONDAY_EIGHT });
    await world.deliver([{ fingerprint: 'a', labels: { ...INFO, alertname: 'CertSoon' } }]);
    await world.passTo(MONDAY_EIGHT + 25 * HOUR);
    await world.deliver([{ fingerprint: 'a', status: 'resolved', labels: { ...INFO, alertname: 'CertSoon' } }]);

    await world.passTo(MONDAY_EIGHT + 80 * HOUR);

    expect((await digests()).map(({ title }) => title)).toEqual([
      'Daily digest: 1 new, 1 firing',
      'Daily digest: 1 firing',
      'Daily digest: 1 ended',
      'Daily digest: nothing new, nothing firing',
    ]);
  });

  it('holds the number and hash of the journal at that moment', async () => {
    world = await openReportsWorld({ startAt: MONDAY_EIGHT });

    await world.passTo(MONDAY_EIGHT + 2 * HOUR);

    const [digest] = await digests();
    const line = digest?.lines.find((each) => each.startsWith('Journal: event '));
    const [, seq = '', hash] = /^Journal: event (\d+), hash ([0-9a-f]{64})$/.exec(line ?? '') ?? [];
    const [event] = await world.journal().eventsAfter(Number(seq) - 1, 1);
    expect(event?.hash).toBe(hash);
  });

  it('names the silences in force, and says when they are not known', async () => {
    world = await openReportsWorld({ startAt: MONDAY_EIGHT });
    world.silences = [{ matchers: 'alertname=X', until: MONDAY_EIGHT + 4 * HOUR, by: 'ana', reason: 'upgrade' }];
    await world.passTo(MONDAY_EIGHT + 2 * HOUR);
    world.silences = null;

    await world.passTo(MONDAY_EIGHT + 26 * HOUR);

    const [first, second] = await digests();
    expect(first?.lines).toContain('• alertname=X until Mon 23 Nov 12:00 by ana: upgrade');
    expect(second?.lines.join('\n')).toContain('Alertmanager does not answer');
  });

  it('comes on business days alone, holidays left out', async () => {
    // Friday before Christmas; Friday the 25th is a holiday in Brazil
    world = await openReportsWorld({ startAt: Date.UTC(2026, 11, 23, 11) });

    await world.passTo(Date.UTC(2026, 11, 29, 11));

    const dates = (await digests()).map(({ askedAt }) => new Date(askedAt).toISOString().slice(0, 10));
    expect(dates).toEqual(['2026-12-23', '2026-12-24', '2026-12-28']);
  });

  it('is told once after days of absence, late, and says so', async () => {
    world = await openReportsWorld({ startAt: MONDAY_EIGHT });
    await world.passTo(MONDAY_EIGHT + 2 * HOUR);

    await world.awayUntil(MONDAY_EIGHT + 76 * HOUR);
    await world.passTo(MONDAY_EIGHT + 100 * HOUR);

    const told = await digests();
    expect(told.map(({ key }) => key.slice(-10))).toEqual(['2026-11-23', '2026-11-26', '2026-11-27']);
    expect(told[1]?.lines[0]).toBe(
      'This is the digest of Thu 26 Nov 09:00, late by 3h: the bot was away. 2 digests before it passed and is told in this one.',
    );
  });

  it('is told once a day however often the bot restarts around its time', async () => {
    world = await openReportsWorld({ startAt: MONDAY_EIGHT });
    for (let minutes = 50; minutes < 70; minutes += 1) await world.awayUntil(MONDAY_EIGHT + minutes * 60_000);

    await world.passTo(MONDAY_EIGHT + 3 * HOUR);

    expect((await digests()).map(({ key }) => key)).toEqual(['notice|daily-digest|2026-11-23']);
  });

  it('is told once when its hour comes twice, and at the jump when it is skipped', async () => {
    // New York: 02:30 does not exist on 2026-03-08; 01:30 comes twice on 2026-11-01
    world = await openReportsWorld({ startAt: Date.UTC(2026, 2, 7, 12), config: inZone('America/New_York') });
    await world.passTo(Date.UTC(2026, 2, 9, 12));
    const spring = (await digests()).map(({ askedAt }) => new Date(askedAt).toISOString());
    await world.close();
    const twice = inZone('America/New_York');
    const { digest } = twice.reports;
    if (digest === null) throw new Error('there is one');
    const config = { ...twice, reports: { digest: { ...digest, at: '01:30' }, weekly: null } };

    world = await openReportsWorld({ startAt: Date.UTC(2026, 9, 31, 12), config });
    await world.passTo(Date.UTC(2026, 10, 2, 12));

    expect(spring).toEqual(['2026-03-08T07:00:00.000Z', '2026-03-09T06:30:00.000Z']);
    const autumn = (await digests()).map(({ askedAt }) => new Date(askedAt).toISOString());
    expect(autumn).toEqual(['2026-11-01T05:30:00.000Z', '2026-11-02T06:30:00.000Z']);
  });

  it('takes a changed time at the reload, and does not come twice on the same day for it', async () => {
    world = await openReportsWorld({ startAt: MONDAY_EIGHT });
    await world.passTo(MONDAY_EIGHT + 1.5 * HOUR);
    const config = testConfig();
    const { digest } = config.reports;
    if (digest === null) throw new Error('there is one');

    await world.reload({ ...config, reports: { ...config.reports, digest: { ...digest, at: '10:00' } } });
    await world.passTo(MONDAY_EIGHT + 30 * HOUR);

    const times = (await digests()).map(({ askedAt }) => (askedAt - MONDAY_EIGHT) / HOUR);
    expect(times).toEqual([1, 26]);
  });

  it('is silent when it is switched off, and comes back with the next configuration', async () => {
    const config = testConfig();
    const off = { ...config, reports: { digest: null, weekly: null } };
    world = await openReportsWorld({ startAt: MONDAY_EIGHT, config: off });
    await world.passTo(MONDAY_EIGHT + 25.5 * HOUR);
    expect(await digests()).toEqual([]);

    await world.reload(config);
    await world.passTo(MONDAY_EIGHT + 50 * HOUR);

    expect((await digests()).map(({ askedAt }) => (askedAt - MONDAY_EIGHT) / HOUR)).toEqual([49]);
  });
});
