import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IncidentWorld, openIncidentWorld } from '../support/incident-world.ts';
import { type PayloadAlert, T0 } from '../support/payloads.ts';

const MINUTE = 60_000;
const GROUP = { groupLabels: { job: 'gianna' } };
const WARNING = { alertname: 'HighErrorRate', severity: 'warning', component: 'application' };
const CRITICAL = { alertname: 'DatabaseConnectionIssue', severity: 'critical', component: 'database' };
const OTHER = { reason: 'another trouble' };

const rate: PayloadAlert = { fingerprint: 'rate', labels: WARNING };
const rate2: PayloadAlert = { fingerprint: 'rate-2', labels: WARNING };
const pool: PayloadAlert = { fingerprint: 'pool', labels: CRITICAL, annotations: { summary: 'Pool is exhausted' } };

describe('alerts that are another trouble are split off', () => {
  let world: IncidentWorld;
  beforeEach(async () => {
    world = await openIncidentWorld();
    await world.deliver([rate, rate2, pool], GROUP);
    await world.deliver([{ ...rate2, status: 'resolved', endsAt: T0 + MINUTE }], GROUP);
    await world.sendAll();
  });
  afterEach(() => world.close());

  it('gives them an incident of their own, counts true on both sides', async () => {
    await world.ask('ack', 'GI-1');
    const answer = await world.ask('split', 'GI-1', { fingerprints: ['pool'], ...OTHER });

    expect(answer).toMatchObject({ text: '1 alert of GI-1 split off to GI-2. GI-1 keeps 1 firing.', incident: 'GI-2' });
    expect(await world.incident('GI-1')).toMatchObject({
      status: 'acknowledged',
      severity: 'P1',
      alerts: { firing: 1, resolved: 1 },
    });
    expect(await world.incident('GI-2')).toMatchObject({
      status: 'firing',
      severity: 'P1',
      splitFrom: 'GI-1',
      owner: null,
      alerts: { firing: 1, resolved: 0 },
      about: { alertname: 'DatabaseConnectionIssue', title: 'Pool is exhausted' },
    });
    expect((await world.journal.occurrencesOf('GI-1')).map(({ fingerprint }) => fingerprint)).toEqual([
      'rate',
      'rate-2',
    ]);
    expect((await world.journal.occurrencesOf('GI-2')).map(({ fingerprint }) => fingerprint)).toEqual(['pool']);
    expect(await world.texts('GI-1')).toContain('1 alert split off to GI-2: another trouble');
    expect(await world.texts('GI-2')).toContain('split off from GI-1 (P1)');
    expect((await world.wanted('GI-2')).length).toBeGreaterThan(0);
  });

  it('keeps what these alerts do later there: repeated, ended, firing again', async () => {
    await world.ask('split', 'GI-1', { fingerprints: ['pool'], ...OTHER });
    await world.deliver([rate, pool], GROUP);
    const repeated = [await world.incident('GI-1'), await world.incident('GI-2')];
    await world.deliver([rate, { ...pool, status: 'resolved', endsAt: T0 + 2 * MINUTE }], GROUP);
    const ended = [await world.incident('GI-1'), await world.incident('GI-2')];
    await world.deliver([rate, { ...pool, startsAt: T0 + 3 * MINUTE }], GROUP);
    const again = [await world.incident('GI-1'), await world.incident('GI-2')];

    expect(repeated.map(({ alerts }) => alerts.firing)).toEqual([1, 1]);
    expect(ended.map(({ status }) => status)).toEqual(['firing', 'recovered']);
    expect(again.map(({ status, alerts }) => [status, alerts.firing])).toEqual([
      ['firing', 1],
      ['firing', 1],
    ]);
    expect(await world.journal.nextNumber('incident')).toBe(3);
  });

  it('is undone by merging it back', async () => {
    await world.ask('split', 'GI-1', { fingerprints: ['pool'], ...OTHER });
    await world.ask('merge', 'GI-2', { into: 'GI-1', reason: 'it was the same' });

    expect(await world.incident('GI-2')).toMatchObject({ foldedUnder: 'GI-1' });
    expect(await world.incident('GI-1')).toMatchObject({ folded: ['GI-2'] });
    expect(await world.wanted('GI-2')).toEqual([]);
  });

  it('refuses alerts that do not fire in it, and to take all of them', async () => {
    const none = await world.ask('split', 'GI-1', { fingerprints: [], ...OTHER });
    const strange = await world.ask('split', 'GI-1', { fingerprints: ['rate-2', 'nobody'], ...OTHER });
    const all = await world.ask('split', 'GI-1', { fingerprints: ['rate', 'pool'], ...OTHER });

    expect(none.code).toBe('ALERTS_MISSING');
    expect(strange).toMatchObject({
      code: 'ALERTS_UNKNOWN',
      text: 'No firing alert of GI-1: rate-2, nobody. Nothing was changed.',
    });
    expect(all.code).toBe('NOTHING_LEFT');
    expect(await world.journal.nextNumber('incident')).toBe(2);
  });
});
