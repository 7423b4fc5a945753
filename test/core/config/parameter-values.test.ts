import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ParameterType } from '../../../src/core/config/config.ts';
import { readParameterValue } from '../../../src/core/config/parameter-values.ts';
import { testParameter } from '../../support/config.ts';

const KNOWN = { services: ['gianna', 'redis'], hosts: ['local', 'web-1'] };
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

function takes(type: ParameterType, value: string, rest = {}): boolean {
  return readParameterValue(testParameter(type, rest), value, KNOWN).kind === 'value';
}

describe('an address', () => {
  it('of four bytes is taken in its one decimal spelling', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(byte, byte, byte, byte), ([a, b, c, d]) => {
        const plain = `${a}.${b}.${c}.${d}`;
        const others = [
          `0${plain}`,
          `${a}.${b}.${c}.0${d}`,
          `0x${a.toString(16)}.${b}.${c}.${d}`,
          `${a}.${b}.${c * 256 + d}`,
          String(((a * 256 + b) * 256 + c) * 256 + d),
          `::ffff:${plain}`,
          `::${plain}`,
          `${plain}\n`,
          ` ${plain}`,
          `${plain}.`,
          `${plain}/32`,
        ];

        expect(takes('ip', plain)).toBe(true);
        for (const other of others) expect([other, takes('ip', other)]).toEqual([other, false]);
      }),
      { seed, numRuns: 200 },
    );
  });

  it('of sixteen bytes is taken in the one spelling that a URL would give it', () => {
    const group = fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const full = groups.map((each) => each.toString(16).padStart(4, '0')).join(':');
        const canonical = new URL(`http://[${full}]/`).hostname.slice(1, -1);
        const isMapped = groups.slice(0, 5).every((each) => each === 0) && groups[5] === 0xffff;

        expect([canonical, takes('ip', canonical)]).toEqual([canonical, !isMapped]);
        expect([full, takes('ip', full)]).toEqual([full, full === canonical]);
        for (const other of [`${canonical}%eth0`, `[${canonical}]`, `${canonical}\n`]) {
          expect([other, takes('ip', other)]).toEqual([other, false]);
        }
        if (/[a-f]/.test(canonical)) expect(takes('ip', canonical.toUpperCase())).toBe(false);
      }),
      { seed, numRuns: 500 },
    );
  });

  it.each([
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    '010.0.0.1',
    '0x7f000001',
    '127.1',
    'fe80::1%1',
    '1.2.3.4\u200b',
    '１.2.3.4',
  ])('is not %j', (text) => {
    expect(takes('ip', text)).toBe(false);
  });
});

describe('a network', () => {
  it('is taken exactly when no bit of a host is set', () => {
    const whole = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(whole, fc.integer({ min: 0, max: 32 }), (address, length) => {
        const text = [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
        const hostBits = length === 32 ? 0 : (address & (2 ** (32 - length) - 1)) >>> 0;

        expect([text, length, takes('cidr', `${text}/${length}`)]).toEqual([text, length, hostBits === 0]);
      }),
      { seed, numRuns: 500 },
    );
  });

  it.each(['0.0.0.0/0', '10.0.0.0/8', '192.0.2.7/32', '::/0', '2001:db8::/48', '2001:db8::7/128'])('is %s', (text) => {
    expect(takes('cidr', text)).toBe(true);
  });

  it.each([
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/+8',
    '10.0.0.0/8/8',
    '10.0.0.0/255.0.0.0',
    '10/8',
    '010.0.0.0/8',
    '2001:db8::1/48',
    '2001:db8::/129',
    '2001:0db8::/48',
    '::ffff:10.0.0.0/104',
    'fe80::%eth0/64',
    '10.0.0.0/8\n',
  ])('is not %j', (text) => {
    expect(takes('cidr', text)).toBe(false);
  });
});

describe('a number', () => {
  it.each(['9007199254740993', '9'.repeat(400), '1e3', '0x10', '+1', '1.', '.5', '1_000', 'Infinity', ''])(
    'is not %j, which would become another one',
    (text) => {
      expect(takes('number', text)).toBe(false);
    },
  );

  it('is within its range, both ends included', () => {
    const given = ['0', '1', '1.5', '3', '3.01'].map((text) => takes('number', text, { min: 1, max: 3 }));

    expect(given).toEqual([false, true, true, true, false]);
  });
});

describe('a text with a pattern', () => {
  it('matches it whole, in linear time', () => {
    const rules = { pattern: '(a+)+' };
    const begin = performance.now();

    expect(takes('text', 'aaa', rules)).toBe(true);
    expect(takes('text', `${'a'.repeat(400)}!`, rules)).toBe(false);
    expect(takes('text', 'xaaa', rules)).toBe(false);
    expect(performance.now() - begin).toBeLessThan(1000);
  });
});
