import * as z from 'zod';
import { formatDuration, parseDuration } from '../../core/duration.ts';
import type { ServiceTarget } from '../../hosts/driver.ts';
import { type StableLimits, watchStable } from '../../hosts/watch-stable.ts';
import { readBody, type StepKind, type StepOutcome, type StepRunDeps } from './step.ts';
import { findTargets } from './targets.ts';

const Seconds = z.union([
  z.number().nonnegative(),
  z.string().transform((text, context) => {
    const seconds = parseDuration(text);
    if (seconds === null) context.addIssue({ code: 'custom', message: 'must be a duration such as 90s' });
    return seconds ?? 0;
  }),
]);
const Body = z.object({
  for: z.literal('healthy'),
  within: Seconds.default(90),
  stable: Seconds.default(10),
  service: z.string().optional(),
});

interface Watched {
  readonly service: string;
  readonly target: ServiceTarget;
}

/**
 * Waits until everything that earlier steps changed is healthy within a time, and then stays so: a container that
 * comes back and crash-loops fails it (FAULTS.md, C 46).
 */
export const waitStep: StepKind = {
  kind: 'wait',
  plan: async (input, { driverOf }) => {
    const body = readBody(Body, input);
    const limits = { healthyWithinMs: body.within * 1000, stableMs: body.stable * 1000 };
    const services = servicesOf(body.service, input.changed, input.service);
    const watched: Watched[] = [];
    for (const service of services) {
      const found = await findTargets(service, driverOf);
      if (found.kind === 'found') watched.push(...found.targets.map(({ target }) => ({ service, target })));
    }
    const times = `healthy within ${formatDuration(body.within)}, stable for ${formatDuration(body.stable)}`;
    return {
      planned: {
        id: input.id,
        kind: 'wait',
        target: services.join(', '),
        call: `wait until ${times}`,
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
      run: (deps) => watchAll(watched, limits, deps),
    };
  },
};

function servicesOf(named: string | undefined, changed: readonly string[], service: string | null): readonly string[] {
  if (named !== undefined) return [named];
  if (changed.length > 0) return [...new Set(changed)];
  return service === null ? [] : [service];
}

async function watchAll(watched: readonly Watched[], limits: StableLimits, deps: StepRunDeps): Promise<StepOutcome> {
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
  if (unwell.length > 0) return { status: 'failed', summary: unwell.join('; '), checks: null };
  const time = formatDuration(limits.stableMs / 1000);
  return { status: 'done', summary: `well, and stayed so for ${time}`, checks: null };
}
