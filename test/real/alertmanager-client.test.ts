import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AlertmanagerClient, createAlertmanager } from '../../src/alerts/alertmanager.ts';
import { type Alertmanager, startAlertmanager } from '../support/alertmanager.ts';
import { mayRun } from '../support/need.ts';
import { findCommand, freePort, until } from '../support/process.ts';

const missing =
  (findCommand('prometheus-alertmanager') ?? findCommand('alertmanager')) === null ? 'Alertmanager' : null;

describe.runIf(mayRun(missing))('a real Alertmanager, read through its API', () => {
  const startedFrom = Date.now();
  let alertmanager: Alertmanager;
  let client: AlertmanagerClient;

  beforeAll(async () => {
    const started = await startAlertmanager({ webhook: 'http://127.0.0.1:9/webhooks/alertmanager', groupBy: ['job'] });
    if (started === null) throw new Error('no Alertmanager');
    alertmanager = started;
    client = createAlertmanager({ urls: [alertmanager.url], auth: null, caFile: null });
  });
  afterAll(() => alertmanager?.stop());

  it('tells its alerts, silenced ones too, each with its receivers, and the groups they are in', async () => {
    const startsAt = new Date(Date.now() - 60_000).toISOString();
    const labels = { alertname: 'Held', job: 'gianna' };
    await alertmanager.send([{ labels, annotations: { summary: 'hi' }, startsAt, generatorURL: 'http://p/g' }]);
    const alert = await until('it is held', async () => (await client.alerts())[0]);
    const now = Date.now();
    await client.putSilence({
      comment: 'test',
      createdBy: 'test',
      startsAt: now,
      endsAt: now + 60_000,
      matchers: [{ name: 'alertname', value: 'Held', isRegex: false, isEqual: true }],
    });

    expect(alert).toMatchObject({ labels, annotations: { summary: 'hi' }, receivers: ['gianna-ops'], state: 'active' });
    expect(alert).toMatchObject({ startsAt: Date.parse(startsAt), generatorUrl: 'http://p/g' });
    expect(alert.updatedAt).toBeGreaterThanOrEqual(startedFrom);
    expect(await client.groups()).toEqual([
      { receiver: 'gianna-ops', labels: { job: 'gianna' }, fingerprints: [alert.fingerprint] },
    ]);
    await until('it is silenced', async () => (await client.alerts())[0]?.state === 'suppressed');
  });

  it('no longer tells what has ended', async () => {
    await alertmanager.send([{ labels: { alertname: 'Ending' } }]);
    await until('it is held', async () => (await client.alerts()).some(({ labels }) => labels.alertname === 'Ending'));

    await alertmanager.send([{ labels: { alertname: 'Ending' }, endsAt: new Date().toISOString() }]);

    await until('it is gone', async () => (await client.alerts()).every(({ labels }) => labels.alertname !== 'Ending'));
  });

  it('says since when it runs, and its receivers', async () => {
    const { startedAt, config } = await client.status();

    expect(startedAt).toBeGreaterThanOrEqual(startedFrom);
    expect(startedAt).toBeLessThanOrEqual(Date.now());
    expect(config).toContain('http://127.0.0.1:9/webhooks/alertmanager');
  });

  it('asks the next address when one does not answer, and says which is away when none does', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const second = createAlertmanager({ urls: [nobody, alertmanager.url], auth: null, caFile: null });
    const none = createAlertmanager({ urls: [nobody], auth: null, caFile: null });

    expect((await second.status()).startedAt).toBeGreaterThan(0);
    await expect(none.alerts()).rejects.toMatchObject({ code: 'ALERTMANAGER_AWAY', family: 'transient' });
  });
});
