import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAlerts } from '../../src/alerts/payload.ts';
import { envelopeOf, fingerprintOf, type PlainEvent, readEvent } from '../../src/alerts/webhooks/event.ts';
import { readGrafana } from '../../src/alerts/webhooks/grafana.ts';
import { bytesOf } from '../support/payloads.ts';

const GRAFANA = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/grafana-webhook.json'), 'utf8'));
const [FIRING] = GRAFANA.alerts;

function alertsOf(body: unknown) {
  const read = readGrafana(bytesOf(body));
  if (read.kind === 'refused') throw new Error(read.message);
  return readAlerts(read.envelope);
}

function eventOf(body: unknown): PlainEvent {
  const read = readEvent(bytesOf(body));
  if (read.kind === 'refused') throw new Error(`${read.field} ${read.message}`);
  return read.event;
}

describe('readGrafana', () => {
  it('reads a payload with the fields of its documentation as our own alerts', () => {
    const read = readGrafana(bytesOf(GRAFANA));

    expect(read).toMatchObject({ kind: 'ok', envelope: { status: 'firing', receiver: 'grafana:gianna.ops' } });
    const { alerts, rejected } = alertsOf(GRAFANA);
    expect(rejected.count).toBe(0);
    expect(alerts).toMatchObject([
      {
        status: 'firing',
        fingerprint: 'grafana:c6eadffa33fcdf37',
        startsAt: Date.UTC(2026, 10, 23, 13, 0, 0, 157),
        endsAt: null,
        labels: { alertname: 'Queue too long' },
        annotations: { summary: '412 jobs wait' },
        generatorUrl: 'https://grafana.example.com/alerting/grafana/ab12/view',
      },
      { status: 'resolved', fingerprint: 'grafana:bc97ff14869b13e3', endsAt: Date.UTC(2026, 10, 23, 12, 50) },
    ]);
  });

  it.each([
    ['DatasourceNoData', 'No data: Queue too long'],
    ['DatasourceError', 'Error in the query: Queue too long'],
  ])('names the rule of a %s that says nothing else', (alertname, summary) => {
    const labels = { alertname, rulename: 'Queue too long', datasource_uid: 'x' };

    const { alerts } = alertsOf({ ...GRAFANA, alerts: [{ ...FIRING, labels, annotations: {} }] });

    expect(alerts[0]?.annotations.summary).toBe(summary);
  });

  it('leaves what the rule itself says', () => {
    const labels = { alertname: 'DatasourceNoData', rulename: 'X' };

    const { alerts } = alertsOf({ ...GRAFANA, alerts: [{ ...FIRING, labels }] });

    expect(alerts[0]?.annotations.summary).toBe('412 jobs wait');
  });

  it.each([
    ['version', { ...GRAFANA, version: '4' }],
    ['status', { ...GRAFANA, status: 'ok' }],
    ['receiver', { ...GRAFANA, receiver: null }],
    [
      'alerts',
      {
        title: 'legacy alerting',
        ruleId: 1,
        state: 'alerting',
        version: '1',
        status: 'firing',
        receiver: '',
        groupLabels: {},
        commonLabels: {},
      },
    ],
    ['body', 'no json'],
  ])('names %s when that keeps it from being one', (field, body) => {
    expect(readGrafana(bytesOf(body))).toMatchObject({ kind: 'refused', field });
  });

  it.each([
    ['fingerprint', { ...FIRING, fingerprint: '' }],
    ['labels', { ...FIRING, labels: { a: 1 } }],
    ['label-name', JSON.parse('{"status":"firing","labels":{"__proto__":"x"},"fingerprint":"a"}')],
    ['not-an-object', null],
  ])('rejects a bad alert for its %s, and its siblings live', (reason, alert) => {
    const { alerts, rejected } = alertsOf({ ...GRAFANA, alerts: [alert, FIRING] });

    expect(rejected.named).toEqual([{ index: 0, reason }]);
    expect(alerts).toHaveLength(1);
  });
});

const EVENT = { title: 'Backup failed', status: 'firing' };

describe('readEvent', () => {
  it.each([
    ['title', { status: 'firing' }, 'is missing'],
    ['title', { ...EVENT, title: '  ' }, 'must not be empty'],
    ['title', { ...EVENT, title: 'x'.repeat(301) }, 'must have at most 300 characters'],
    ['status', { title: 'x' }, 'is missing'],
    ['status', { ...EVENT, status: 'ok' }, 'must be "firing" or "resolved"'],
    [
      'severity',
      { ...EVENT, severity: 'P9' },
      'must be one of critical, warning, info (routes.yml decides), or P0 to P3',
    ],
    ['service', { ...EVENT, service: 7 }, 'must be a string'],
    ['dedup_key', { ...EVENT, dedup_key: '' }, 'must not be empty'],
    ['labels', { ...EVENT, labels: ['a'] }, 'must be an object of strings'],
    ['labels.host', { ...EVENT, labels: { host: 7 } }, 'must be a string'],
    [
      'labels.__proto__',
      JSON.parse('{"title":"x","status":"firing","labels":{"__proto__":"y"}}'),
      'is not a usable name',
    ],
    ['url', { ...EVENT, url: 'javascript:alert(1)' }, 'must be a URL that begins with http:// or https://'],
    ['dedupkey', { ...EVENT, dedupkey: 'a' }, 'is unknown; did you mean dedup_key?'],
    ['body', [EVENT], 'is not a JSON object'],
    ['body', 'title=x', 'is not a JSON object'],
  ])('names %s and says what it must be (%#)', (field, body, message) => {
    expect(readEvent(bytesOf(body))).toEqual({ kind: 'refused', field, message });
  });

  it('takes null for what is not known, and fields that it does not know', () => {
    const body = { ...EVENT, severity: null, labels: null, url: null, commit: { sha: 'c0ffee' } };

    expect(readEvent(bytesOf(body))).toMatchObject({ kind: 'ok' });
  });
});

describe('an event as an alert', () => {
  it('has its title as name and summary, and its own severity and service as labels', () => {
    const event = eventOf({
      ...EVENT,
      severity: 'P1',
      service: 'gianna',
      labels: { host: 'a' },
      url: 'https://x.example',
    });

    const { alerts, rejected } = readAlerts(envelopeOf(event, 1000, 2000));

    expect(rejected.count).toBe(0);
    expect(alerts[0]).toMatchObject({
      labels: { alertname: 'Backup failed', severity: 'P1', service: 'gianna', host: 'a' },
      annotations: { summary: 'Backup failed' },
      startsAt: 1000,
      endsAt: null,
      generatorUrl: 'https://x.example',
    });
  });

  it('is known by its dedup_key, else by title, service and labels', () => {
    const same = [
      fingerprintOf(eventOf({ ...EVENT, dedup_key: 'k' })),
      fingerprintOf(eventOf({ title: 'Backup is fine', status: 'resolved', dedup_key: 'k' })),
    ];
    const others = [
      fingerprintOf(eventOf(EVENT)),
      fingerprintOf(eventOf({ ...EVENT, service: 'redis' })),
      fingerprintOf(eventOf({ ...EVENT, labels: { host: 'a' } })),
    ];

    expect(new Set(same).size).toBe(1);
    expect(new Set([...same, ...others]).size).toBe(4);
    expect(same[0]).toMatch(/^event:[0-9a-f]{32}$/);
  });
});
