import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Config, HostConfig } from '../../src/core/config/config.ts';
import { testConfig } from '../support/config.ts';
import { openReconcileDesk, type ReconcileDesk } from '../support/reconcile-desk.ts';

const MINUTE = 60_000;
const PINNED = 'SHA256:pinned';
const CHANGED = { host: 'web-1', pinned: PINNED, shown: ['SHA256:other'] };
const RIGHT = { ...CHANGED, shown: [] };

let desk: ReconcileDesk;
beforeEach(async () => {
  desk = await openReconcileDesk({ alertmanager: null, groupBy: ['service'] });
});
afterEach(() => desk.verifyAndRemove());

it('opens one P2 for each host, with both fingerprints and what to do, however often it is seen', async () => {
  await desk.hostKeys().seen(CHANGED);
  await desk.hostKeys().seen({ ...CHANGED, shown: ['SHA256:third'] });
  await desk.hostKeys().seen({ ...CHANGED, host: 'web-2' });

  const [second, first, ...more] = await desk.incidents();

  expect(more).toEqual([]);
  expect(first).toMatchObject({ severity: 'P2', channel: 'ops', status: 'firing', alerts: { firing: 1 } });
  expect(first?.about.title).toBe('web-1 does not show its pinned host key: nothing is sent to it');
  expect(first?.about.description).toContain('hosts.yml has SHA256:pinned; it shows SHA256:other.');
  expect(first?.about.description).toContain('write it into host_key');
  expect(second?.about.title).toContain('web-2');
});

it('ends by itself when the pinned key is seen again, and begins anew when it is not', async () => {
  await desk.hostKeys().seen(RIGHT);
  const before = await desk.incidents();
  await desk.hostKeys().seen(CHANGED);
  await desk.hostKeys().seen(RIGHT);
  await desk.pass(6 * MINUTE);
  const ended = await desk.incidents();

  await desk.hostKeys().seen(CHANGED);

  expect(before).toEqual([]);
  expect(ended).toMatchObject([{ id: 'GI-1', status: 'resolved' }]);
  expect(await desk.incidents()).toMatchObject([{ id: 'GI-1', status: 'firing' }]);
});

it.each([
  ['another key is pinned', { 'web-1': ssh('SHA256:other') }, 'recovered'],
  ['the host is gone', {}, 'recovered'],
  ['nothing of it changed', { 'web-1': ssh(PINNED) }, 'firing'],
])('when %s in the configuration it is then %s, also over a restart', async (_, hosts, status) => {
  await desk.hostKeys().seen(CHANGED);
  await desk.restart(1000);
  const config: Config = { ...testConfig(), hosts: hosts as Config['hosts'] };
  desk.configure({ ...config, routing: { ...config.routing, alertmanager: null } });

  await desk.hostKeys().reloaded();

  expect(await desk.incidents()).toMatchObject([{ id: 'GI-1', status }]);
});

function ssh(hostKey: string): HostConfig {
  return { connect: 'ssh', hostKey } as unknown as HostConfig;
}
