import { describe, expect, it } from 'vitest';
import { readAddress } from '../../../../src/runbooks/steps/firewall/address.ts';
import { lockOuts, whyNever } from '../../../../src/runbooks/steps/firewall/lock-out.ts';

const address = (text: string) => {
  const read = readAddress(text);
  if (read.kind === 'wrong') throw new Error(`${text} ${read.why}`);
  return read.address;
};

describe('what would lock a host out', () => {
  it.each([
    ['127.0.0.1', 'the loopback'],
    ['127.1.0.0/16', 'the loopback'],
    ['::1', 'the loopback'],
    ['0.0.0.0/0', 'wider than /16'],
    ['::/0', 'wider than /32'],
    ['198.0.0.0/15', 'wider than /16'],
    ['2001:db0::/28', 'wider than /32'],
    ['0.0.0.0', 'unspecified'],
    ['::', 'unspecified'],
    ['255.255.255.255', 'broadcast'],
    ['224.0.0.1', 'multicast'],
    ['ff02::1', 'multicast'],
    ['169.254.169.254', 'linkLocal'],
    ['fe80::1', 'linkLocal'],
    ['10.1.2.3', 'allow_private is not set'],
    ['172.16.0.0/16', 'allow_private is not set'],
    ['192.168.0.0/16', 'allow_private is not set'],
    ['100.64.0.1', 'allow_private is not set'],
    ['fd00::1', 'allow_private is not set'],
  ])('%s is never blocked: %s', (text, why) => {
    expect(whyNever(address(text), false)).toContain(why);
  });

  it.each(['203.0.113.7', '198.51.0.0/16', '2001:db8::/32', '8.8.8.8'])('%s may be blocked', (text) => {
    expect(whyNever(address(text), false)).toBeNull();
  });

  it.each(['10.1.2.3', '192.168.0.0/16', 'fd00::1'])('%s may be blocked when it is meant', (text) => {
    expect(whyNever(address(text), true)).toBeNull();
  });

  it('names whom it would lose', () => {
    const neighbours = [
      { address: '192.0.2.1', what: 'its default gateway' },
      { address: '::ffff:192.0.2.9', what: 'connected to it by SSH' },
      { address: 'fe80::1%eth0', what: 'its resolver' },
    ];

    expect(lockOuts(address('192.0.2.1'), neighbours)).toEqual(['192.0.2.1 is its default gateway']);
    expect(lockOuts(address('192.0.2.0/24'), neighbours)).toHaveLength(2);
    expect(lockOuts(address('192.0.3.0/24'), neighbours)).toEqual([]);
  });
});
