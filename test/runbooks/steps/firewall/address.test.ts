import { describe, expect, it } from 'vitest';
import { holds, overlap, readAddress } from '../../../../src/runbooks/steps/firewall/address.ts';

const address = (text: string) => {
  const read = readAddress(text);
  if (read.kind === 'wrong') throw new Error(`${text} ${read.why}`);
  return read.address;
};

describe('an address to block', () => {
  it.each(['203.0.113.7', '198.51.100.0/24', '10.0.0.0/8', '0.0.0.0/0', '2001:db8::1', '2001:db8::/32', '::/0', '::1'])(
    'is read when it is canonical: %s',
    (text) => {
      expect(address(text).text).toBe(text);
    },
  );

  it.each([
    ['010.0.0.1', 'no IP'],
    ['0x7f000001', 'no IP'],
    ['10.1', 'no IP'],
    ['2130706433', 'no IP'],
    ['10.0.0.1\n', 'no IP'],
    [' 10.0.0.1', 'no IP'],
    ['10.0.0.1 ', 'no IP'],
    ['fe80::1%eth0', 'no IP'],
    ['example.com', 'no IP'],
    ['10.0.0.1; flush ruleset', 'no IP'],
    ['10.0.0.1 }', 'no IP'],
    ['', 'no IP'],
    ['10.0.0.0/8/8', 'no IP'],
    ['10.0.0.1/8', 'write 10.0.0.0/8'],
    ['10.0.0.1/32', 'write 10.0.0.1'],
    ['10.0.0.0/08', 'prefix is no number'],
    ['10.0.0.0/-1', 'prefix is no number'],
    ['10.0.0.0/33', 'longer than 32'],
    ['::1/129', 'longer than 128'],
    ['::ffff:10.0.0.1', 'write 10.0.0.1'],
    ['::ffff:a00:1', 'write 10.0.0.1'],
    ['2001:DB8::1', 'write 2001:db8::1'],
    ['2001:0db8::1', 'write 2001:db8::1'],
    ['2001:db8::1/32', 'write 2001:db8::/32'],
    ['２０３.0.113.7', 'no IP'],
  ])('is not %j: %s', (text, why) => {
    expect(readAddress(text)).toEqual({ kind: 'wrong', why: expect.stringContaining(why) });
  });

  it.each([
    ['10.0.0.0/8', '10.9.9.9', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.1', '::ffff:10.0.0.1', true],
    ['2001:db8::/32', '2001:db8:1::1', true],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['2001:db8::/32', '10.0.0.1', false],
    ['10.0.0.0/8', 'no address', false],
  ])('%s holds %s: %s', (network, other, isHeld) => {
    expect(holds(address(network), other)).toBe(isHeld);
  });

  it.each([
    ['10.0.0.0/8', '10.1.0.0/16', true],
    ['10.1.0.0/16', '10.0.0.0/8', true],
    ['10.1.0.0/16', '10.2.0.0/16', false],
    ['::/0', '10.0.0.0/8', false],
  ])('%s and %s overlap: %s', (a, b, isSo) => {
    expect(overlap(address(a), address(b))).toBe(isSo);
  });
});
