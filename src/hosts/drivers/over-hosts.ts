import type { ServiceDriver, ServiceTarget } from '../driver.ts';

/**
 * One service on several hosts: the targets of all of them, each acted on where it is. A host that does not answer
 * makes the whole unknown, so that nobody takes a part for all. Copies are made on the first host.
 */
export function driverOverHosts(first: ServiceDriver, others: Readonly<Record<string, ServiceDriver>>): ServiceDriver {
  const drivers = [first, ...Object.values(others)];
  const of = ({ host }: ServiceTarget) => (Object.hasOwn(others, host) ? (others[host] ?? first) : first);
  return {
    kind: first.kind,
    targets: async () => (await Promise.all(drivers.map((driver) => driver.targets()))).flat(),
    observe: (target) => of(target).observe(target),
    planAction: (target, action) => of(target).planAction(target, action),
    act: (target, action, key) => of(target).act(target, action, key),
    logs: async (target, options) => (await of(target).logs?.(target, options)) ?? [],
    addressOf: async (target) => (await of(target).addressOf?.(target)) ?? null,
    ...(first.scaling === undefined ? {} : { scaling: first.scaling }),
  };
}
