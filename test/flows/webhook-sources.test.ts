import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openReportsWorld, type ReportsWorld } from '../support/reports-world.ts';

const MONDAY_TEN = Date.UTC(2026, 10, 23, 13, 0, 1);
const GRAFANA = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/grafana-webhook.json'), 'utf8'));
const BACKUP = { title: 'Backup failed', status: 'firing', severity: 'P1', dedup_key: 'backup' };

let world: ReportsWorld;
beforeEach(async () => {
  world = await openReportsWorld({ startAt: MONDAY_TEN });
});
afterEach(() => world.close());

async function pages(): Promise<string[]> {
  return (await world.journal().effects({ kinds: ['page'] })).map(({ data }) => `${data.severity} ${data.means}`);
}

describe("Grafana's webhook", () => {
  it('opens an incident that is routed, paged and resolved like any other', async () => {
    await world.post('grafana', GRAFANA);
    expect(await world.incident('GI-1')).toMatchObject({
      severity: 'P0',
      service: 'gianna',
      about: { alertname: 'Queue too long', title: '412 jobs wait' },
      alerts: { firing: 1 },
    });
    expect(await pages()).toContain('P0 dm');

    const [firing] = GRAFANA.alerts;
    const ended = { ...firing, status: 'resolved', endsAt: '2026-11-23T13:30:00Z' };
    await world.post('grafana', { ...GRAFANA, status: 'resolved', alerts: [ended] });

    expect(await world.incident('GI-1')).toMatchObject({ status: 'recovered' });
    const opened = (await world.timeline('GI-1'))[0];
    expect(opened?.by).toBe('grafana');
  });

  it('never meets an alert of Alertmanager, though group, labels and fingerprint are the same', async () => {
    const [{ labels, fingerprint }] = GRAFANA.alerts;
    await world.post('grafana', GRAFANA);

    await world.deliver([{ labels, fingerprint }], { receiver: 'gianna.ops', groupLabels: GRAFANA.groupLabels });

    expect(await world.incident('GI-2')).toMatchObject({ about: { alertname: 'Queue too long' } });
    const [own] = await world.journal().occurrencesOf('GI-1');
    expect(own?.fingerprint).toBe(`grafana:${fingerprint}`);
  });

  it('is no proof that alerts of Alertmanager arrive, whatever its alert is called', async () => {
    const [firing] = GRAFANA.alerts;
    const labels = { ...firing.labels, alertname: 'Watchdog' };

    await world.post('grafana', { ...GRAFANA, alerts: [{ ...firing, labels }] });

    expect(await world.incident('GI-1')).toMatchObject({ about: { alertname: 'Watchdog' } });
  });
});

describe('a plain event', () => {
  it('has the severity that it says, though no route knows the word', async () => {
    await world.post('event', BACKUP);

    expect(await world.incident('GI-1')).toMatchObject({ severity: 'P1', about: { title: 'Backup failed' } });
    expect(await pages()).toContain('P1 dm');
  });

  it('is routed by its labels when it says warning or info', async () => {
    await world.post('event', { ...BACKUP, severity: 'info' });

    expect(await world.incident('GI-1')).toMatchObject({ severity: 'P3', digest: true });
    expect(await pages()).toEqual([]);
  });

  it('goes on under its dedup_key, however often it is told, until that is resolved', async () => {
    await world.post('event', BACKUP);
    await world.passTo(MONDAY_TEN + 60_000);
    await world.post('event', { ...BACKUP, title: 'Backup failed again' });
    const told = await world.timeline('GI-1');
    expect(told.filter(({ kind }) => kind.startsWith('incident.'))).toHaveLength(1);

    await world.post('event', { title: 'Backup is fine', status: 'resolved', dedup_key: 'backup' });

    expect(await world.incident('GI-1')).toMatchObject({ status: 'recovered', alerts: { firing: 0, resolved: 1 } });
    expect(await world.incident('GI-2')).toBeNull();
  });

  it('fires again after it was resolved, in the same moment too', async () => {
    await world.post('event', BACKUP);
    await world.post('event', { ...BACKUP, status: 'resolved' });
    await world.post('event', BACKUP);

    expect(await world.incident('GI-1')).toMatchObject({ status: 'firing', alerts: { firing: 1 } });
  });

  it('that resolves what nobody knows opens nothing', async () => {
    await world.post('event', { ...BACKUP, status: 'resolved' });

    expect(await world.incident('GI-1')).toBeNull();
  });

  it('opens one incident for each dedup_key', async () => {
    await world.post('event', BACKUP);
    await world.post('event', { ...BACKUP, dedup_key: 'other' });

    expect(await world.incident('GI-2')).not.toBeNull();
  });

  it('that came when the code knew another shape is passed over, and its siblings live', async () => {
    await world.post('event', { nothing: true });
    await world.post('event', BACKUP);

    expect(await world.incident('GI-1')).not.toBeNull();
  });
});

describe('security alerts', () => {
  it('open their thread in the channel for security, whatever their severity says', async () => {
    await world.deliver([{ labels: { alertname: 'LoginFlood', severity: 'info', component: 'security' } }]);

    expect(await world.incident('GI-1')).toMatchObject({ channel: 'security', severity: 'P1', digest: false });
    expect(await pages()).toContain('P1 thread');
  });
});
