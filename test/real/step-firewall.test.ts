import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ProgramResult, Shell } from '../../src/hosts/shell.ts';
import { lookAtFirewall } from '../../src/runbooks/steps/firewall/look.ts';
import { firewallStep } from '../../src/runbooks/steps/firewall.ts';
import { mayRun } from '../support/need.ts';
import { createNetwork, type TestNetwork, whyNoNetwork } from '../support/network.ts';
import { createStepShell } from '../support/step-shell.ts';
import { createStepWorld, type StepWorld } from '../support/step-world.ts';

const OTHERS = 'add table ip theirs; add chain ip theirs input { type filter hook input priority 0; }';

const NOTHING = { exitCode: null, failure: null, isGone: null, stdout: '', stderr: '', truncated: false } as const;

const CONNECT = 'require("net").connect({ host: "192.0.2.2", port: 22, localAddress: "192.0.2.9" })';

describe.runIf(mayRun(whyNoNetwork()))('a step that blocks addresses with a real nftables', () => {
  let network: TestNetwork;
  let world: StepWorld;

  beforeAll(() => {
    network = createNetwork();
    network.inHost('nft', OTHERS);
  });
  afterAll(() => network?.end());
  beforeEach(() => {
    world = createStepWorld();
    world.shells['web-1'] = createStepShell('web-1', world.folder, network.prefix);
  });
  afterEach(() => {
    world.end();
    network.inHost('nft', 'add table inet gianna; delete table inet gianna');
  });
  const listBlocks = async (shell: Shell) => (await lookAtFirewall(shell, null)).blocks;
  const ruleset = () => network.inHost('nft', 'list', 'ruleset');

  it('drops what comes from there, lets others pass, and touches no other table', async () => {
    const step = await world.plan('firewall', { block: '192.0.2.7', for: '1h' });
    const planned = ruleset();
    const before = network.isHeard('192.0.2.7');
    const [outcome] = await world.carryOut(step, 'RUN-3-block');

    expect(planned).not.toContain('gianna');
    expect(before).toBe(true);
    expect(outcome).toMatchObject({ status: 'done', summary: 'web-1: blocked 192.0.2.7', results: { blocked: 1 } });
    expect(network.isHeard('192.0.2.7')).toBe(false);
    expect(network.isHeard('192.0.2.8')).toBe(true);
    expect(network.inHost('nft', 'list', 'table', 'ip', 'theirs')).toContain('hook input');
    expect(await listBlocks(world.deps.shellOf('web-1'))).toMatchObject([
      { address: { text: '192.0.2.7' }, comment: 'RUN-3-block', seconds: 3600, leftSeconds: expect.any(Number) },
    ]);
  });

  it('shows the very script that it runs', async () => {
    let ran = '';
    const shell = createStepShell('web-1', world.folder, network.prefix);
    world.shells['web-1'] = {
      ...shell,
      once: (key, argv, options) => {
        ran = `${argv.join(' ')}\n${options.input}`;
        return shell.once(key, argv, options);
      },
    };

    const step = await world.plan('firewall', { block: ['192.0.2.7', '2001:db8::7'], for: '10m' });
    await world.carryOut(step, 'RUN-3-step');

    expect(ran).toBe(step.planned.call.replaceAll('<run>', 'RUN-3'));
    expect(step.planned.call).toContain(
      'add element inet gianna block4 { 192.0.2.7 timeout 600s comment "<run>-step" }',
    );
  });

  it('blocks networks and IPv6 too', async () => {
    const block = ['198.51.100.0/24', '2001:db8:9::/48', '2001:db8::7'];

    const [outcome] = await world.run('firewall', { block, for: '1h' });

    expect(outcome?.status).toBe('done');
    expect(network.isHeard('2001:db8::7')).toBe(false);
    const blocks = await listBlocks(world.deps.shellOf('web-1'));
    expect(blocks.map(({ address }) => address.text).sort()).toEqual([...block].sort());
  });

  it('renews a block, says so before, and its undo leaves what was blocked before', async () => {
    const [first] = await world.run('firewall', { block: '192.0.2.7', for: '1h' });
    const step = await world.plan('firewall', { block: ['192.0.2.7', '192.0.2.8'], for: '2h' });

    const [second] = await world.carryOut(step, 'RUN-9-block');
    const renewed = await listBlocks(world.deps.shellOf('web-1'));
    const [undone] = await world.run('firewall', second?.undo?.body);
    const restored = await listBlocks(world.deps.shellOf('web-1'));
    const isHeardRestored = network.isHeard('192.0.2.7');
    const [undoneFirst] = await world.run('firewall', first?.undo?.body);

    expect(step.planned.effect).toMatch(/192\.0\.2\.7 \(RUN-\d+-step, for 1h\) blocked already, and renewed/);
    expect(renewed.map(({ seconds }) => seconds)).toEqual([7200, 7200]);
    expect(second?.undo).toEqual({
      kind: 'firewall',
      body: {
        unblock: ['192.0.2.7', '192.0.2.8'],
        of: 'RUN-9-block',
        restore: [{ block: '192.0.2.7', until: expect.any(String), as: expect.stringMatching(/^RUN-\d+-step$/) }],
      },
      hosts: ['web-1'],
    });
    expect(undone?.summary).toBe('web-1: unblocked 192.0.2.8; blocked as before: 192.0.2.7');
    expect(restored).toMatchObject([{ address: { text: '192.0.2.7' }, comment: expect.stringMatching(/-step$/) }]);
    expect(restored[0]?.leftSeconds).toBeLessThanOrEqual(3600);
    expect(isHeardRestored).toBe(false);
    expect(undoneFirst?.summary).toBe('web-1: unblocked 192.0.2.7');
    expect(network.isHeard('192.0.2.8')).toBe(true);
    expect(network.isHeard('192.0.2.7')).toBe(true);
  });

  it('ends a block by itself', async () => {
    await world.run('firewall', { block: '192.0.2.7', for: '1s' });

    await expect.poll(() => listBlocks(world.deps.shellOf('web-1')), { timeout: 10_000 }).toEqual([]);
    expect(network.isHeard('192.0.2.7')).toBe(true);
  });

  it('unblocks, whoever blocked', async () => {
    await world.run('firewall', { block: '192.0.2.7', for: '1h' });

    const [outcome] = await world.run('firewall', { unblock: '192.0.2.7' });

    expect(outcome).toMatchObject({ status: 'done', results: { unblocked: 1 } });
    expect(network.isHeard('192.0.2.7')).toBe(true);
  });

  it.each([
    ['its own address', '192.0.2.2', 'its own address'],
    ['its own IPv6 address', '2001:db8::2', 'its own address'],
    ['its IPv6 gateway', '2001:db8::1', 'its default gateway'],
    ['a network with its gateway', '192.0.2.0/24', 'holds 192.0.2.1, its default gateway'],
    ['everything', '0.0.0.0/0', 'wider than /16'],
  ])('refuses %s, and changes nothing', async (_, block, why) => {
    const before = ruleset();

    const step = await world.plan('firewall', { block, for: '1h' });
    const [outcome] = await world.carryOut(step);

    expect(step.blockedBy).toContainEqual({ kind: 'lockout', reason: expect.stringContaining(why) });
    expect(outcome).toMatchObject({ status: 'failed', summary: expect.stringContaining('nothing was done') });
    expect(ruleset()).toBe(before);
  });

  it('blocks a private address when it is said to be meant', async () => {
    const [outcome] = await world.run('firewall', { block: '10.1.2.3', for: '1h', allow_private: true });

    expect(outcome?.status).toBe('done');
  });

  it('refuses where our own connection comes from', async () => {
    const prefix = [...network.prefix, 'env', 'SSH_CONNECTION=192.0.2.8 50000 192.0.2.2 22'];
    world.shells['web-1'] = createStepShell('web-1', world.folder, prefix);

    const step = await world.plan('firewall', { block: '192.0.2.8', for: '1h' });

    expect(step.blockedBy).toMatchObject([{ reason: expect.stringContaining('our own connection') }]);
  });

  it('refuses who is connected to port 22', async () => {
    const children: ChildProcess[] = [];
    const within = (space: string, ...argv: string[]) => {
      children.push(spawn('nsenter', [`--net=/run/netns/${space}`, ...argv], { stdio: 'pipe' }));
    };
    within(network.host, 'busybox', 'nc', '-l', '-p', '22');
    await expect.poll(() => network.inHost('ss', '-Htln')).toContain(':22');
    within(network.others, process.execPath, '-e', CONNECT);
    await expect.poll(() => network.inHost('ss', '-Htn', 'state', 'established')).toContain('192.0.2.9');

    const step = await world.plan('firewall', { block: '192.0.2.9', for: '1h' });
    for (const child of children) child.kill('SIGKILL');

    expect(step.blockedBy).toMatchObject([{ reason: 'web-1: 192.0.2.9 is connected to it by SSH' }]);
  });

  it('is on trial for seconds only when no new connection comes through, so that the host ends it itself', async () => {
    const shell = createStepShell('web-1', world.folder, network.prefix);
    let isShut = false;
    const gone: ProgramResult = { ...NOTHING, end: 'not-started', failure: 'web-1 does not answer' };
    world.shells['web-1'] = {
      ...shell,
      run: async (argv, options) => (isShut ? gone : shell.run(argv, options)),
      once: async (key, argv, options) => {
        isShut ||= options.fresh === true;
        return isShut ? { isFirst: true, result: gone } : shell.once(key, argv, options);
      },
    };

    const [outcome] = await world.run('firewall', { block: '192.0.2.7', for: '1h' });
    const blocks = await listBlocks(shell);

    expect(outcome).toMatchObject({
      status: 'failed',
      summary: expect.stringMatching(/the host itself ends it within 30 s$/),
    });
    expect(blocks).toMatchObject([{ address: { text: '192.0.2.7' }, seconds: 30 }]);
  });

  it('rolls back at once when a host that looks from outside reaches it no more', async () => {
    const shell = createStepShell('web-1', world.folder, network.prefix);
    world.shells['web-1'] = shell;
    let knocks = 0;
    world.shells.watch = {
      ...shell,
      host: 'watch',
      run: async () => ({ ...NOTHING, end: 'exited', exitCode: knocks++ === 0 ? 0 : 1 }),
    };
    const ssh = { connect: 'ssh', port: 22, user: 'root', keyFile: null, hostKey: 'SHA256:x', labels: {} } as const;
    const hosts = {
      'web-1': { ...ssh, address: '192.0.2.2', roles: [] },
      watch: { ...ssh, address: '192.0.2.99', roles: ['vantage'] },
    };
    const config = { ...world.planDeps.config, hosts };

    const input = { id: 'step', hosts: ['web-1'], changed: [], service: null, incident: null, timeoutMs: null };
    const body = { block: ['192.0.2.7'], for: '1h', allow_private: false };
    const step = await firewallStep.plan(body, input, { ...world.planDeps, config });
    const [outcome] = await world.carryOut(step);

    expect(outcome).toMatchObject({
      status: 'failed',
      summary: 'web-1: watch does not reach it any more; it was rolled back at once',
    });
    expect(await listBlocks(shell)).toEqual([]);
  });

  it('uses commands of one’s own in place of the firewall of the host', async () => {
    const file = join(world.folder, 'cloud');
    const script = (text: string) => ['sh', '-c', `set -e; f=${file}; touch $f; ${text}`, 'cloud'];
    const firewall = {
      block: script(
        'grep -v "\\"$1\\"" $f >$f.new || true; mv $f.new $f; printf \'{"address":"%s","left_seconds":%s,"key":"%s"}\\n\' "$@" >>$f',
      ),
      unblock: script('grep -v "\\"$1\\"" $f >$f.new || true; mv $f.new $f'),
      list: script('cat $f'),
    };
    const host = { connect: 'local', roles: [], firewall } as const;
    const planDeps = { ...world.planDeps, config: { ...world.planDeps.config, hosts: { 'web-1': host } } };
    const input = { id: 'step', hosts: ['web-1'], changed: [], service: null, incident: null, timeoutMs: null };
    const plan = (body: Parameters<typeof firewallStep.plan>[0]) => firewallStep.plan(body, input, planDeps);

    const [blocked] = await world.carryOut(
      await plan({ block: ['192.0.2.7', '192.0.2.8'], for: '1h', allow_private: false }),
    );
    const listed = await lookAtFirewall(world.deps.shellOf('web-1'), firewall);
    const [unblocked] = await world.carryOut(await plan({ unblock: '192.0.2.7', allow_private: false }));

    expect(blocked).toMatchObject({ status: 'done', results: { blocked: 2 } });
    expect(listed.blocks.map(({ address, leftSeconds }) => [address.text, leftSeconds])).toEqual([
      ['192.0.2.7', 3600],
      ['192.0.2.8', 3600],
    ]);
    expect(unblocked).toMatchObject({ status: 'done', summary: 'web-1: unblocked 192.0.2.7' });
    expect(ruleset()).not.toContain('gianna');
  });

  it('says what overlaps, before', async () => {
    await world.run('firewall', { block: '198.51.100.0/24', for: '1h' });

    const step = await world.plan('firewall', { block: '198.51.0.0/16', for: '1h' });

    expect(step.blockedBy).toMatchObject([{ kind: 'firewall', reason: expect.stringContaining('198.51.100.0/24') }]);
  });

  it('blocks nothing when it cannot be told whom the host must not lose', async () => {
    const shell = createStepShell('web-1', world.folder, network.prefix);
    const run: typeof shell.run = (argv, options) =>
      shell.run(argv.join(' ').includes('ip -j') ? ['no-such-ip'] : argv, options);
    world.shells['web-1'] = { ...shell, run };

    const step = await world.plan('firewall', { block: '192.0.2.7', for: '1h' });
    const [outcome] = await world.carryOut(step);

    expect(step.blockedBy).toMatchObject([{ kind: 'host', reason: expect.stringContaining('so nothing is blocked') }]);
    expect(outcome?.status).toBe('failed');
    expect(ruleset()).not.toContain('gianna');
  });

  it.each([
    { block: '192.0.2.7' },
    { unblock: '192.0.2.7', for: '1h' },
    { block: '192.0.2.7', unblock: '192.0.2.8', for: '1h' },
    { block: '192.0.2.7; flush ruleset', for: '1h' },
    { block: ['192.0.2.7 } \n flush ruleset \n'], for: '1h' },
    { block: '010.0.0.1', for: '1h' },
    { block: '192.0.2.7', for: '0s' },
    { block: [], for: '1h' },
  ])('refuses %j', async (body) => {
    await expect(world.plan('firewall', body)).rejects.toMatchObject({ code: 'RUNBOOK_STEP' });
  });
});

/** Hides nft, and puts the programs of that kind in the place of iptables, for what runs in it alone. */
const WITHOUT_NFT = (kind: 'nft' | 'legacy') => [
  ...['unshare', '--mount', 'sh', '-c'],
  `mount --bind /dev/null /usr/sbin/nft && mount --bind /usr/sbin/xtables-${kind}-multi /usr/sbin/xtables-nft-multi && exec "$@"`,
  'sh',
];

/** Without comments and counts. */
const rulesOf = (text: string) => text.replace(/^#.*$|\[\d+:\d+\]/gm, '');

describe.runIf(mayRun(whyNoNetwork()))('a step that blocks addresses on a host without nftables', () => {
  let network: TestNetwork;
  let world: StepWorld;
  beforeAll(() => {
    network = createNetwork();
  });
  afterAll(() => network?.end());
  beforeEach(() => {
    world = createStepWorld();
  });
  afterEach(() => world.end());

  it.each(['nft', 'legacy'] as const)('drops, counts, ends by itself and unblocks with iptables (%s)', async (kind) => {
    const prefix = [...network.prefix, ...WITHOUT_NFT(kind)];
    const tool = (...argv: string[]) => network.inHost(...WITHOUT_NFT(kind), ...argv);
    world.shells['web-1'] = createStepShell('web-1', world.folder, prefix);
    tool('iptables', '-A', 'INPUT', '-s', '192.0.2.77', '-j', 'DROP');
    const others = tool('iptables-save', '-t', 'filter');
    const shell = world.deps.shellOf('web-1');

    const step = await world.plan('firewall', { block: ['192.0.2.7', '2001:db8::7', '198.51.100.0/24'], for: '1h' });
    const [outcome] = await world.carryOut(step, 'RUN-3-block');
    const heard = ['192.0.2.7', '192.0.2.8', '2001:db8::7'].map((from) => network.isHeard(from));
    const blocked = await lookAtFirewall(shell, null);
    await world.run('firewall', { block: '192.0.2.8', for: '2s' });
    const isHeardAfter = () => network.isHeard('192.0.2.8');
    const [unblocked] = await world.run('firewall', { unblock: ['192.0.2.7', '2001:db8::7', '198.51.100.0/24'] });

    expect(step.planned.call).toContain('-A GIANNA -s 192.0.2.7 -m time --datestop <in 1h>');
    expect(outcome?.status).toBe('done');
    expect(heard).toEqual([false, true, false]);
    expect(blocked).toMatchObject({ means: 'iptables' });
    expect(blocked.blocks.find(({ address }) => address.text === '192.0.2.7')).toMatchObject({
      comment: 'RUN-3-block',
      seconds: 3600,
      hits: 1,
    });
    await expect.poll(isHeardAfter, { timeout: 15_000 }).toBe(true);
    expect(unblocked).toMatchObject({ status: 'done', results: { unblocked: 3 } });
    expect(network.isHeard('192.0.2.7')).toBe(true);
    expect((await lookAtFirewall(shell, null)).blocks).toEqual([]);
    expect(rulesOf(tool('iptables-save', '-t', 'filter'))).toBe(rulesOf(others));
  });
});
