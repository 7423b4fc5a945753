import { describe, expect, it } from 'vitest';
import type { ServiceDriver } from '../../src/hosts/driver.ts';
import { driverOverHosts } from '../../src/hosts/drivers/over-hosts.ts';
import { createFakeDriver } from '../support/fake-driver.ts';

/** A fake driver whose targets stand on a host. */
function on(host: string, ids: string[]) {
  const fake = createFakeDriver('web', ids);
  const driver: ServiceDriver = {
    ...fake,
    targets: async () => (await fake.targets()).map((target) => ({ ...target, host })),
  };
  return { fake, driver };
}

describe('a service on several hosts', () => {
  it('is the targets of all of them, each acted on where it is', async () => {
    const [one, two] = [on('docker-1', ['c1']), on('docker-2', ['c2', 'c3'])];
    const driver = driverOverHosts(one.driver, { 'docker-2': two.driver });

    const targets = await driver.targets();
    for (const target of targets) await driver.act(target, { kind: 'restart', mode: 'rolling' }, 'RUN-1-restart');

    expect(targets.map(({ host, id }) => `${host} ${id}`)).toEqual(['docker-1 c1', 'docker-2 c2', 'docker-2 c3']);
    expect(one.fake.calls.map(({ id }) => id)).toEqual(['c1']);
    expect(two.fake.calls.map(({ id }) => id)).toEqual(['c2', 'c3']);
  });

  it('is not known while one of them does not answer', async () => {
    const silent = on('docker-2', ['c2']);
    silent.fake.silent = true;
    const driver = driverOverHosts(on('docker-1', ['c1']).driver, { 'docker-2': silent.driver });

    await expect(driver.targets()).rejects.toMatchObject({ code: 'ENGINE_DOWN' });
  });
});
