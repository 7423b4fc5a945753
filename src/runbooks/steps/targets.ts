import { OpsError } from '../../core/errors.ts';
import type { DriverOf, Observed, ServiceDriver, ServiceTarget } from '../../hosts/driver.ts';

/** What a service is made of now, or why that cannot be told. */
export type FoundTargets =
  | {
      readonly kind: 'found';
      readonly driver: ServiceDriver;
      readonly targets: ReadonlyArray<{ readonly target: ServiceTarget; readonly observed: Observed }>;
    }
  | { readonly kind: 'blocked'; readonly by: string; readonly reason: string };

/**
 * Resolves a service to immutable targets, or to the one of them with the id `only`. A host that refuses or does not
 * answer is an answer, not an exception.
 */
export async function findTargets(service: string, driverOf: DriverOf, only?: string): Promise<FoundTargets> {
  try {
    const driver = driverOf(service);
    const all = await driver.targets();
    const found = only === undefined ? all : all.filter(({ id }) => id === only);
    if (found.length === 0 && all.length > 0) {
      return { kind: 'blocked', by: 'nothing-found', reason: `${service} has no ${only} any more` };
    }
    if (found.length === 0) return { kind: 'blocked', by: 'nothing-found', reason: `nothing of ${service} was found` };
    const sorted = [...found].sort((a, b) => (a.id < b.id ? -1 : 1));
    const targets = await Promise.all(
      sorted.map(async (target) => ({ target, observed: await driver.observe(target) })),
    );
    return { kind: 'found', driver, targets };
  } catch (error) {
    if (!(error instanceof OpsError) || error.family === 'bug') throw error;
    return { kind: 'blocked', by: 'host', reason: `${error.message} ${error.remedy}` };
  }
}
