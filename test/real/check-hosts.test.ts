import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../src/core/config/problem.ts';
import { callCli } from '../cli/call.ts';
import { EXAMPLES, EXAMPLES_ENV } from '../core/config/folder.ts';
import { type NamespaceHosts, startNamespaceHosts, whyNoHosts } from '../support/namespace-hosts.ts';
import { mayRun } from '../support/need.ts';

describe.runIf(mayRun(whyNoHosts()))('check --connect with hosts', () => {
  let world: NamespaceHosts;
  let folder: string;

  beforeAll(async () => {
    world = await startNamespaceHosts(['web-1', 'web-2', 'web-3']);
    folder = mkdtempSync(join(tmpdir(), 'gianna-check-'));
    cpSync(EXAMPLES, folder, { recursive: true });
    rmSync(join(folder, 'probes.yml'));
    writeFileSync(join(folder, 'hosts.yml'), hostsFile(world));
    const [, , hole] = world.hosts;
    hole?.blackHole();
  });
  afterAll(async () => {
    await world?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function check(...argv: string[]) {
    const database = `sqlite:${join(folder, 'ops.db')}`;
    const env = {
      ...EXAMPLES_ENV,
      GIANNA_CONFIG: folder,
      GIANNA_DATABASE_URL: database,
      SLACK_API_URL: 'http://127.0.0.1:9/api/',
    };
    return callCli(['check', ...argv], env);
  }

  it('tells of every host that is not reached why, at its line, within seconds, and exits 1', async () => {
    const begun = performance.now();

    const { code, out } = await check('--connect', '--json');
    const seconds = (performance.now() - begun) / 1000;
    const problems = (JSON.parse(out) as Problem[]).filter(({ file }) => file === 'hosts.yml');
    const told = Object.fromEntries(problems.map(({ path, message }) => [path, message]));
    const lines = readFileSync(join(folder, 'hosts.yml'), 'utf8').split('\n');

    expect(Object.keys(told).sort()).toEqual([
      'hosts.absent',
      'hosts.changed',
      'hosts.engine',
      'hosts.far-engine',
      'hosts.hole',
      'hosts.refusing',
      'hosts.stranger',
      'services.broken',
    ]);
    expect(told['hosts.changed']).toMatch(
      /^changed does not show the pinned host key: it shows SHA256:\S+(, SHA256:\S+)*, hosts\.yml has SHA256:/,
    );
    expect(told['hosts.hole']).toMatch(/^hole \(10\.77\.\S+:22\) does not answer at all/);
    expect(told['hosts.refusing']).toMatch(/^refusing \(10\.77\.\S+:23\) refuses the connection/);
    expect(told['hosts.stranger']).toMatch(/^stranger does not let nobody-of-that-name in with its key_file/);
    expect(told['hosts.absent']).toMatch(
      /^absent \(.*\) (does not answer at all|cannot be reached: no route to the host)/,
    );
    expect(told['hosts.engine']).toMatch(
      /^engine: The Docker Engine at \S+none\.sock did not answer: the socket is not there/,
    );
    expect(told['hosts.far-engine']).toMatch(/none\.sock of good could not be opened: it is not there/);
    expect(told['services.broken']).toMatch(/broken gave no answer: there is no program "no-such-program"/);
    for (const { line, path, severity, hint } of problems) {
      expect(lines[line - 1]).toContain(`${path.split('.').at(-1)}:`);
      expect(severity).toBe('error');
      expect(hint).toMatch(/\w{3}/);
    }
    expect(code).toBe(1);
    expect(seconds).toBeLessThan(12);
  });

  it('reaches only what is asked for, says that it did, and exits 0', async () => {
    const { code, out } = await check('--connect', 'good');

    expect(out).toContain('reached: good (runs programs)\n');
    expect(out).not.toMatch(/hosts\.yml:\d+:\d+ error/);
    expect(code).toBe(0);
  });

  it('finds hosts by role and by label', async () => {
    const byRole = await check('--connect', 'role:app');
    const byLabel = await check('--connect', 'tier=web');

    expect(byRole.out).toContain('reached: good (runs programs), here (runs programs)\n');
    expect(byLabel.out).toContain('reached: good (runs programs)\n');
  });

  it('refuses a host that there is not, and names the one that was meant', async () => {
    const { code, err } = await check('--connect', 'goood');

    expect(code).toBe(1);
    expect(err).toContain('There is no host "goood".');
    expect(err).toContain('Did you mean "good"?');
  });
});

/** Hosts that fail each in its own way, and two that do not. */
function hostsFile({ hosts: [good, changed, hole], keyFile, nobody }: NamespaceHosts): string {
  const none = join(tmpdir(), 'gianna-none.sock');
  const login = `user: root, key_file: ${keyFile}`;
  const ssh = (address: string | undefined, key: string | undefined, more = login) =>
    `{ connect: ssh, address: ${address}, ${more}, host_key: "${key}" }`;
  const ownKey = good?.config().hostKey;
  return `hosts:
  here: { connect: local, roles: [app] }
  good: { connect: ssh, address: ${good?.address}, ${login}, host_key: "${ownKey}", roles: [app], labels: { tier: web } }
  changed: ${ssh(changed?.address, ownKey)}
  hole: ${ssh(hole?.address, hole?.config().hostKey)}
  refusing: ${ssh(good?.address, ownKey, `port: 23, ${login}`)}
  stranger: ${ssh(good?.address, ownKey, `user: nobody-of-that-name, key_file: ${keyFile}`)}
  absent: ${ssh(nobody, ownKey)}
  engine: { connect: docker, socket: ${none} }
  far-engine: { connect: docker, via: good, socket: ${none} }
services:
  gianna: { host: here, driver: command, command: { start: ["true"], stop: ["true"], status: ["true"] } }
  broken: { host: here, driver: command, command: { start: ["true"], stop: ["true"], status: [no-such-program] } }
`;
}
