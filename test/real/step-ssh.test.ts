import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { createShells, type Shells } from '../../src/hosts/shells.ts';
import { HOSTILE_WORDS } from '../support/hostile-words.ts';
import { type NamespaceHosts, startNamespaceHosts, whyNoHosts } from '../support/namespace-hosts.ts';
import { mayRun } from '../support/need.ts';
import { configOf } from '../support/probe-config.ts';
import { until } from '../support/process.ts';
import { createStepWorld, type StepWorld } from '../support/step-world.ts';
import { findInArgv } from '../support/watch-processes.ts';

const CANARY = 'canary-1e7a44';
const HEX = 'for each; do printf %s "$each" | od -An -v -tx1 | tr -d " \\n"; echo; done';

describe.runIf(mayRun(whyNoHosts()))('steps on a machine reached by SSH', () => {
  let hosts: NamespaceHosts;
  let shells: Shells;
  let world: StepWorld;

  beforeAll(async () => {
    hosts = await startNamespaceHosts(['web-1']);
    world = createStepWorld();
    const config = configOf({ hosts: Object.fromEntries(hosts.hosts.map((host) => [host.name, host.config()])) });
    const logger = pino({ level: 'silent' });
    const deps = { config, clock: systemClock, logger, stateFolder: world.folder, sshAgent: null, installation: 'one' };
    shells = createShells(deps);
    world.shells['web-1'] = shells.of('web-1');
  });
  afterAll(async () => {
    await shells?.close();
    await hosts?.stop();
    world?.end();
  });

  it.each(Object.entries(HOSTILE_WORDS))('gives texts of class %s on as one argument each', async (_, words) => {
    const side = join(world.folder, 'side');
    const texts = words.map((word) => word.replaceAll('FILE', side).replaceAll('\0', ''));
    world.logged.length = 0;

    const [outcome] = await world.run('command', { argv: ['sh', '-c', HEX, 'sh', ...texts], mutates: false });

    expect(outcome?.status).toBe('done');
    expect(world.logged.join('').trim().split('\n')).toEqual(texts.map((text) => Buffer.from(text).toString('hex')));
    expect(existsSync(side)).toBe(false);
  });

  it('writes a file with a secret that no argv of either side holds, and takes it back', async () => {
    const path = join(world.folder, 'gianna.env');
    writeFileSync(path, 'PASSWORD=old\n', { mode: 0o600 });
    world.secrets.NEW_PASSWORD = CANARY;
    const step = await world.plan('file', { path, set: { PASSWORD: { secret: 'NEW_PASSWORD' } } });

    const running = world.carryOut(step);
    const { found } = await findInArgv(CANARY, running);
    const [outcome] = await running;
    const written = readFileSync(path, 'utf8');
    const [undone] = await world.run('file.restore', outcome?.undo?.body);

    expect(found).toEqual([]);
    expect(written).toBe(`PASSWORD=${CANARY}\n`);
    expect(undone?.status).toBe('done');
    expect(readFileSync(path, 'utf8')).toBe('PASSWORD=old\n');
    expect(JSON.stringify([step, outcome])).not.toContain(CANARY);
  });

  it('refuses to block where its own connection comes from', async () => {
    const own = hosts.hosts[0]?.address.replace(/\.\d+$/, '.254') ?? '';

    const step = await world.plan('firewall', { block: own, for: '1h', allow_private: true });

    expect(step.blockedBy).toContainEqual({ kind: 'lockout', reason: expect.stringContaining('our own connection') });
  });

  it('does not know what became of a command whose connection was lost', async () => {
    const begun = join(world.folder, 'begun');
    const step = await world.plan('command', { argv: ['sh', '-c', ': > "$1"; sleep 2', 'sh', begun] });

    const running = world.carryOut(step, 'RUN-8-slow');
    await until('the command', () => existsSync(begun));
    hosts.hosts[0]?.cut();
    const [outcome] = await running;
    await hosts.hosts[0]?.revive();

    expect(outcome).toMatchObject({ status: 'unknown', summary: expect.stringContaining('what it did is not known') });
  });
});
