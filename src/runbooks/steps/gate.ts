import type { ServiceDriver, ServiceTarget } from '../../hosts/driver.ts';
import { lastWords } from '../../hosts/last-words.ts';
import { watchStable } from '../../hosts/watch-stable.ts';
import type { PreparedUnit, StepRunDeps } from './step.ts';

type Gate = NonNullable<PreparedUnit['gate']>;

/** Well, or why not, with the last that it wrote. */
export async function gate(target: ServiceTarget, limits: Parameters<Gate>[0], deps: StepRunDeps): ReturnType<Gate> {
  const driver = deps.driverOf(target.service);
  const seen = await watchStable(driver, target, limits, deps.clock, deps.signal);
  if (seen.stable) return { isWell: true, reason: '' };
  return { isWell: false, reason: `${seen.reason}${await sayLast(driver, target, deps)}` };
}

async function sayLast(driver: ServiceDriver, target: ServiceTarget, { clock, log }: StepRunDeps): Promise<string> {
  const lines = await lastWords(driver, target, clock);
  for (const line of lines) log(`${target.name}: ${line}\n`);
  const last = lines.at(-1);
  return last === undefined ? '' : `; its last line: ${last}`;
}
