import { describe, expect, it } from 'vitest';
import { type Envelope, readAlerts, readEnvelope } from '../../src/alerts/payload.ts';
import { bytesOf, payload, payloadAlert, T0 } from '../support/payloads.ts';

describe('reading a webhook payload', () => {
  it('takes fields it does not know', () => {
    const read = readEnvelope(bytesOf({ ...payload([{}]), notification_reason: 'new', routeLabels: {} }));

    expect(read.kind).toBe('ok');
  });

  it.each([
    ['team\\.x', 'team.x'],
    ['a\\+b\\(c\\)', 'a+b(c)'],
    ['plain', 'plain'],
  ])('unquotes the receiver %s', (sent, meant) => {
    expect(envelopeOf({ ...payload([{}]), receiver: sent }).receiver).toBe(meant);
  });

  it('reads the bytes of a body that lies inside a larger buffer', () => {
    const body = bytesOf(payload([{}]));
    const large = Buffer.concat([Buffer.from('xx'), body, Buffer.from('yy')]);

    expect(readEnvelope(large.subarray(2, 2 + body.length)).kind).toBe('ok');
  });

  it('reads times to the millisecond, and the zero time as no end', () => {
    const alert = { ...payloadAlert({}), startsAt: '2026-11-22T15:00:00.123456789+01:00' };

    const { alerts } = readAlerts(envelopeOf({ ...payload([{}]), alerts: [alert] }));

    expect(alerts[0]).toMatchObject({ startsAt: T0 + 123, endsAt: null });
  });

  it.each([
    ['a number', 7, 'not-an-object'],
    ['null', null, 'not-an-object'],
    ['null labels', { ...payloadAlert({}), labels: null }, 'labels'],
    ['a label that is a number', { ...payloadAlert({}), labels: { alertname: 1 } }, 'labels'],
    ['an annotation that is a list', { ...payloadAlert({}), annotations: { summary: [] } }, 'annotations'],
    ['no fingerprint', { ...payloadAlert({}), fingerprint: undefined }, 'fingerprint'],
    ['a fingerprint that is too long', { ...payloadAlert({}), fingerprint: 'f'.repeat(129) }, 'fingerprint'],
    ['no startsAt', { ...payloadAlert({}), startsAt: undefined }, 'starts-at'],
    ['the zero time as start', { ...payloadAlert({}), startsAt: '0001-01-01T00:00:00Z' }, 'starts-at'],
    ['an unreadable end', { ...payloadAlert({}), endsAt: 'soon' }, 'ends-at'],
    ['an unknown status', { ...payloadAlert({}), status: 'pending' }, 'status'],
  ])('rejects %s, and its sibling lives', (_name, bad, reason) => {
    const read = readAlerts(envelopeOf({ ...payload([{}]), alerts: [bad, payloadAlert({})] }));

    expect(read.rejected.named).toEqual([{ index: 0, reason }]);
    expect(read.alerts).toHaveLength(1);
  });

  it('rejects a label named __proto__ and gives labels no prototype', () => {
    const text = JSON.stringify(payload([{}, { fingerprint: 'f2' }])).replace(
      '"labels":{',
      '"labels":{"__proto__":"x",',
    );

    const read = readAlerts(envelopeOf(text));

    expect(read.rejected.named).toEqual([{ index: 0, reason: 'label-name' }]);
    expect(Object.getPrototypeOf(read.alerts[0]?.labels)).toBeNull();
  });
});

function envelopeOf(body: unknown): Envelope {
  const read = readEnvelope(bytesOf(body));
  if (read.kind !== 'ok') throw new Error(read.message);
  return read.envelope;
}
