import * as z from 'zod';
import { formatDuration, parseDuration } from '../../core/duration.ts';
import type { ServiceTarget } from '../../hosts/driver.ts';
import { type StableLimits, watchStable } from '../../hosts/watch-stable.ts';
import { durationField } from './fields.ts';
import type { StepKind, StepRunDeps, UnitOutcome } from './step.ts';
import { findTargets } from './targets.ts';

interface Body {
  readonly for: 'healthy';
  readonly within: string;
  readonly stable: string;
}

interface Watched {
  readonly service: string;
  readonly target: ServiceTarget;
}

/**
 * Waits until everything that earlier steps changed is healthy within a time, and then stays so: a container that
 * comes back and crash-loops fails it (FAULTS.md, C 46).
 */
export const waitStep: StepKind<Body> = {
  kind: 'wait',
  says: 'Waits until what earlier steps changed is healthy, and stays so.',
  body: (value) =>
    z.strictObject({
      for: z.literal('healthy').describe('What is waited for.'),
      within: value(durationField).default('90s').describe('Time limit.'),
      stable: value(durationField).default('10s').describe('Time for which it must stay so.'),
    }),
  needsHosts: false,
  mutates: () => false,
  isIdempotent: () => true,
  results: [],
  plan: async (body, input, { driverOf }) => {
    const within = parseDuration(body.within) ?? 0;
    const stable = parseDuration(body.stable) ?? 0;
    const limits = { healthyWithinMs: within * 1000, stableMs: stable * 1000 };
    const services = servicesOf(input.changed, input.service);
    const watched: Watched[] = [];
    for (const service of services) {
      const found = await findTargets(service, driverOf);
      if (found.kind === 'found') watched.push(...found.targets.map(({ target }) => ({ service, target })));
    }
    return {
      planned: {
        id: input.id,
        kind: 'wait',
        target: services.join(', '),
        call: `wait until healthy within ${formatDuration(within)}, stable for ${formatDuration(stable)}`,
        effect: 'looks, changes nothing',
        undo: null,
        mutates: false,
      },
      targets: [],
      facts: [],
      changes: [],
      probes: [],
      blockedBy: [],
      healthyWithinMs: limits.healthyWithinMs,
      units: [{ name: '-', run: (deps) => watchAll(watched, limits, deps) }],
    };
  },
};

/** `host:<name>` among what changed has no health of its own. */
function servicesOf(changed: readonly string[], service: string | null): readonly string[] {
  const services = [...new Set(changed)].filter((name) => !name.startsWith('host:'));
  if (services.length > 0) return services;
  return service === null ? [] : [service];
}

async function watchAll(watched: readonly Watched[], limits: StableLimits, deps: StepRunDeps): Promise<UnitOutcome> {
  const seen = await Promise.all(
    watched.map(async ({ service, target }) => {
      const driver = deps.driverOf(service);
      return { target, stability: await watchStable(driver, target, limits, deps.clock, deps.signal) };
    }),
  );
  const unwell: string[] = [];
  for (const { target, stability } of seen) {
    if (!stability.stable) unwell.push(`${target.name} is unhealthy: ${stability.reason}`);
  }
  if (unwell.length > 0) return { status: 'failed', summary: unwell.join('; ') };
  return { status: 'done', summary: `well, and stayed so for ${formatDuration(limits.stableMs / 1000)}` };
}
