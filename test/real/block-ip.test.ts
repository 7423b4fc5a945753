import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOTICE, readNotice } from '../../src/journal/notice.ts';
import { ANA, type BlockWorld, createBlockWorld, MARCO, SERVED } from '../support/block-world.ts';
import { whyNoHosts } from '../support/namespace-hosts.ts';
import { mayRun } from '../support/need.ts';
import { whyNoNetwork } from '../support/network.ts';

/** As Docker makes them, in tables and chains of its own. */
const DOCKERS = `*nat
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A DOCKER -p tcp --dport 8000 -j DNAT --to-destination 172.17.0.2:8000
COMMIT
*filter
:DOCKER - [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -o docker0 -j DOCKER
-A DOCKER-USER -j RETURN
COMMIT`;

const LOOK = { timeout: 30_000, interval: 500 };

describe.runIf(mayRun(whyNoHosts() ?? whyNoNetwork()))('blocking an address on real hosts', { timeout: 90_000 }, () => {
  let world: BlockWorld;
  const block = (addresses: string, rest: Record<string, string> = {}) =>
    world.run('block-ip', { addresses, for: '24h', ...rest });
  const aMinuteLater = <T>(look: () => T): T => {
    world.pass(61);
    return look();
  };
  const timesKept = async () => {
    const events = await world.store.journal.eventsOf('lease', 'LEASE-1');
    return events.filter(({ type }) => type === 'lease.kept').length;
  };
  const ruleset = () => world.onWeb('nft', '-s', 'list', 'ruleset');

  beforeAll(async () => {
    world = await createBlockWorld();
    world.onWeb('sh', '-c', `printf '%s\\n' "$0" | iptables-restore --noflush`, DOCKERS);
  }, 60_000);
  afterAll(() => world?.end(), 60_000);

  it('drops what comes from there, cuts what was open, serves its neighbour, and leaves the rules of Docker alone', async () => {
    const others = ruleset();
    await world.connectBad();
    const before = [world.isServed('bad'), world.isServed('good')];

    const run = await block(`${SERVED.bad}, 203.0.113.99`);

    expect(before).toEqual([true, true]);
    expect(run).toMatchObject({ status: 'succeeded', by: ANA });
    expect(run?.steps[0]?.summary).toMatch(
      /^web-1: blocked 203\.0\.113\.7, 203\.0\.113\.99.*connections cut.*still reached from watch$/,
    );
    expect([world.isServed('bad'), world.isServed('good')]).toEqual([false, true]);
    expect(world.onWeb('ss', '-Htn', 'state', 'established', 'dst', SERVED.bad)).toBe('');
    expect(ruleset().replace(/table inet gianna \{[\s\S]*?\n\}\n/, '')).toBe(others);
    const { blocks, unread } = await world.desk.blocks();
    expect(unread).toEqual([]);
    expect(blocks.find(({ address }) => address === SERVED.bad)).toMatchObject({
      host: 'web-1',
      run: 'RUN-1',
      by: ANA,
      reason: 'seen in the log',
      hits: expect.any(Number),
      lease: 'LEASE-1',
    });
    expect(blocks.map(({ hits }) => hits ?? 0).reduce((sum, each) => sum + each, 0)).toBeGreaterThan(0);
    expect(await world.desk.leases()).toMatchObject([{ id: 'LEASE-1', run: 'RUN-1', by: ANA, state: 'active' }]);
  });

  it('is blocked again after a reboot of the host, as long as its lease lasts, and that is told', async () => {
    await world.web.reboot();
    world.wire();
    const afterReboot = world.isServed('bad');

    await expect.poll(() => aMinuteLater(() => world.isServed('bad')), LOOK).toBe(false);

    expect(afterReboot).toBe(true);
    expect(world.isServed('good')).toBe(true);
    await expect.poll(timesKept, LOOK).toBe(1);
    const [told] = await world.store.journal.effects({ kinds: [NOTICE] });
    const notice = told === undefined ? null : await readNotice(world.store.journal, told);
    expect(notice?.title).toBe('LEASE-1 was gone from web-1, and is put back');
    expect(world.onWeb('nft', 'list', 'table', 'inet', 'gianna')).toContain('RUN-1-block');
  });

  it('stays unblocked once somebody unblocked it, though the lease keeps the rest through a reboot', async () => {
    const run = await world.run('unblock-ip', { addresses: SERVED.bad });
    const isServed = world.isServed('bad');
    await world.web.reboot();
    world.wire();

    await expect.poll(() => aMinuteLater(() => world.onWeb('nft', 'list', 'ruleset')), LOOK).toContain('203.0.113.99');
    await expect.poll(timesKept, LOOK).toBe(2);

    expect(run?.steps[0]?.summary).toBe('web-1: unblocked 203.0.113.7');
    expect(isServed).toBe(true);
    expect(world.isServed('bad')).toBe(true);
  });

  it('leaves the ruleset as it is, to the byte, for everything that would lock somebody out, in every spelling', async () => {
    const { web, watch, peers } = world;
    peers.push({ host: '198.51.100.53', what: 'Slack' });
    const gateway = web.address.replace(/\.\d+$/, '.254');
    world.onWeb('ip', 'route', 'replace', 'default', 'via', gateway);
    const [a = '0', b = '0', c = '0', d = '0'] = gateway.split('.');
    const hex = [a, b, c, d].map((each) => Number(each).toString(16).padStart(2, '0')).join('');
    const corpus = [
      ...[web.address, SERVED.web, gateway, watch.address, '127.0.0.1', '::1', '0.0.0.0', '::', '255.255.255.255'],
      ...[
        '0.0.0.0/0',
        '::/0',
        '128.0.0.0/1',
        '203.0.0.0/15',
        '2001:d00::/31',
        '10.0.0.0/8',
        '10.0.0.1/8',
        '10.77.0.0/16',
      ],
      ...[`::ffff:${gateway}`, `::ffff:${hex.slice(0, 4)}:${hex.slice(4)}`, `::${gateway}`, `64:ff9b::${gateway}`],
      ...[
        `0x${hex}`,
        String(Number(`0x${hex}`)),
        `0${gateway}`,
        `${a}.${b}.${Number(c) * 256 + Number(d)}`,
        '10.1',
        '010.0.0.1',
      ],
      ...[
        `${gateway}\n`,
        ` ${gateway} \t`,
        `${gateway}/32`,
        `${gateway}/24`,
        `${gateway}%eth0`,
        'fe80::1',
        'fe80::1%eth0',
      ],
      ...[
        '169.254.169.254',
        '224.0.0.1',
        'ff02::1',
        '192.168.0.1',
        '100.64.0.1',
        'fd00::1',
        '198.51.100.53',
        '198.51.100.0/24',
      ],
      ...[
        '[::1]',
        'localhost',
        'web-1',
        '203.0.113.7; flush ruleset',
        '203.0.113.7 }\nflush ruleset\n{',
        '203.0.113.7/',
        '1.2.3.4/-1',
      ],
    ];
    const before = ruleset();

    const outcomes = [];
    for (const addresses of corpus) {
      const parameters = { addresses, for: '1h', allow_private: 'yes' };
      const asked = world.ask('run', { runbook: 'block-ip', parameters, reason: 'try' });
      outcomes.push([
        addresses,
        (await asked.catch((error: { code: string }) => ({ kind: 'refused', code: error.code }))).kind,
      ]);
    }

    // private ones that are nobody's may be asked for when it is said, by two persons: they are no lock-out
    const mayBeAsked = ['192.168.0.1', '100.64.0.1', 'fd00::1'];
    expect(outcomes.filter(([, kind]) => kind !== 'refused').map(([text]) => text)).toEqual(mayBeAsked);
    expect(ruleset()).toBe(before);
    expect(world.isServed('good')).toBe(true);
  });

  it('asks for a second person for what is wide, and blocks it once they agree', async () => {
    const parameters = { addresses: '198.18.0.0/20', for: '1h' };
    const asked = await world.ask('run', { runbook: 'block-ip', parameters, reason: 'a whole farm' });
    const id = asked.kind === 'done' ? (asked.run ?? '') : '';
    const waiting = await world.desk.run(id);
    const self = await world
      .ask('approve', { planHash: waiting?.planHash ?? '' }, { run: id })
      .catch((error) => error.code);

    await world.ask('approve', { planHash: waiting?.planHash ?? '' }, { run: id, by: MARCO });
    const ended = await world.desk.waitFor(id);

    expect(waiting).toMatchObject({ status: 'waiting', risk: 'R3' });
    expect(JSON.stringify(self)).toContain('SELF_APPROVAL');
    expect(ended.status).toBe('succeeded');
    expect(world.onWeb('nft', 'list', 'set', 'inet', 'gianna', 'block4net')).toContain('198.18.0.0/20');
  });
});
