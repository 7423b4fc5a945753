import type { StepConfig } from '../core/config/config.ts';
import type { Scope } from './substitute.ts';

/** Whether every condition of a step holds; the reason names the first one that does not. */
export function holds(
  when: StepConfig['when'],
  scope: Scope,
): { readonly holds: true } | { readonly holds: false; readonly reason: string } {
  for (const [name, condition] of Object.entries(when)) {
    const value = scope.get(name);
    if (condition.kind === 'values' && condition.values.some((each) => String(each) === String(value))) continue;
    return { holds: false, reason: `${name} is ${String(value)}` };
  }
  return { holds: true };
}
