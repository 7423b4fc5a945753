import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { ProbeConfig } from '../../src/core/config/config.ts';
import { createShells, type Shells } from '../../src/hosts/shells.ts';
import { createProbeMetrics } from '../../src/probes/metrics.ts';
import { createProbeRunner } from '../../src/probes/run.ts';
import { type NamespaceHosts, startNamespaceHosts, whyNoHosts } from '../support/namespace-hosts.ts';
import { mayRun } from '../support/need.ts';
import { configOf } from '../support/probe-config.ts';

const over = { operator: '>=', value: 0 } as const;
const timing = { timeoutSeconds: 10, everySeconds: null } as const;

describe.runIf(mayRun(whyNoHosts()))('disk, memory and load of a machine reached by SSH', () => {
  let hosts: NamespaceHosts;
  let shells: Shells;
  let folder: string;
  let probe: ReturnType<typeof createProbeRunner>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gianna-probe-'));
    hosts = await startNamespaceHosts(['web-1']);
    const web = hosts.hosts[0]?.config();
    if (web === undefined) throw new Error('there is no host');
    const system = (host: string, path = '/'): ProbeConfig => {
      return { kind: 'system', host, path, warn: { disk: over }, fail: {}, ...timing };
    };
    const config = configOf({
      hosts: { 'web-1': web, local: { connect: 'local', roles: [] }, gone: { ...web, address: hosts.nobody } },
      probes: {
        there: system('web-1'),
        here: system('local'),
        nowhere: system('web-1', '/no/such; folder'),
        silent: { ...system('gone'), timeoutSeconds: 1 },
      },
    });
    const common = { config, clock: systemClock, logger: pino({ enabled: false }) };
    shells = createShells({ ...common, stateFolder: folder, sshAgent: null, installation: 'one' });
    const { of: shellOf, engineOf } = shells;
    probe = createProbeRunner({ ...common, metrics: createProbeMetrics(new Registry()), shellOf, engineOf });
  });
  afterAll(async () => {
    await shells?.close();
    await hosts?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are what the kernel there says', async () => {
    const [there, here] = (await probe(['there', 'here'])).sort((a, b) => (a.probe < b.probe ? 1 : -1));

    const disk = (summary = '') => /^disk ([\d.]+)% \(>= 0%\), memory [\d.]+%, load [\d.]+%$/.exec(summary)?.[1];
    expect(there?.result).toBe('warn');
    expect(disk(there?.summary)).toBe(disk(here?.summary)); // it is a network of its own on the same disk
  });

  it('are unknown, with the reason, where they cannot be read', async () => {
    const results = await probe(['nowhere', 'silent']);
    const byName = Object.fromEntries(results.map((each) => [each.probe, each]));

    expect(byName.nowhere?.result).toBe('unknown');
    expect(byName.nowhere?.summary).toContain('No such file or directory');
    expect(byName.silent?.result).toMatch(/unknown|fail/);
    expect(byName.silent?.summary).not.toBe('');
  });
});
