import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifySignature } from '../../../src/bot/listen/signature.ts';

const NOW = 1_800_000_000_000;
const body = Buffer.from('payload=%7B%7D');

function signed(atSeconds: number, secret = 'secret') {
  const timestamp = String(atSeconds);
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;
  return { timestamp, signature, body };
}

describe('a request’s signature', () => {
  it.each([0, -299, 299])('is good %i s from now', (skew) => {
    expect(verifySignature(signed(NOW / 1000 + skew), 'secret', NOW)).toEqual({ kind: 'good' });
  });

  it.each([
    ['too old', signed(NOW / 1000 - 301), 'stale'],
    ['from the future', signed(NOW / 1000 + 301), 'future'],
    ['of another secret', signed(NOW / 1000, 'other'), 'mismatch'],
    ['missing', { ...signed(NOW / 1000), signature: undefined }, 'unsigned'],
    ['without a time', { ...signed(NOW / 1000), timestamp: undefined }, 'unsigned'],
    ['of another version', { ...signed(NOW / 1000), signature: 'v1=00' }, 'malformed'],
    ['of a wrong length', { ...signed(NOW / 1000), signature: 'v0=abcd' }, 'malformed'],
    ['with no number as its time', { ...signed(NOW / 1000), timestamp: 'now' }, 'malformed'],
    ['over another body', { ...signed(NOW / 1000), body: Buffer.from('x') }, 'mismatch'],
  ])('is refused when it is %s', (_name, request, reason) => {
    expect(verifySignature(request, 'secret', NOW)).toEqual({ kind: 'bad', reason });
  });
});
