import { RISKS, type Risk, type RunbookConfig } from '../core/config/config.ts';
import { holds, tellConditions } from './conditions.ts';
import type { PreparedStep } from './steps/step.ts';
import type { Scope } from './substitute.ts';

/** How grave a run is, and why it is graver than its runbook says; empty: it is not. */
export interface PlannedRisk {
  readonly risk: Risk;
  readonly because: readonly string[];
}

/** The highest of what the runbook says, what its `risk_when` makes of the parameters, and what its steps come to. */
export function riskOf(runbook: RunbookConfig, scope: Scope, steps: readonly PreparedStep[]): PlannedRisk {
  const byRule = runbook.riskWhen
    .filter(({ when }) => holds(when, scope).holds)
    .map(({ risk, says, when }) => ({ risk, because: says ?? tellConditions(when) }));
  const byStep = steps.flatMap(({ raises }) => raises ?? []);
  const raised = [...byRule, ...byStep].filter(({ risk }) => isGraver(risk, runbook.risk));
  const risk = raised.reduce<Risk>((highest, each) => graver(each.risk, highest), runbook.risk);
  const because = raised.filter((each) => each.risk === risk).map((each) => each.because);
  return { risk, because: [...new Set(because)] };
}

/** The higher of two. */
export function graver(one: Risk, other: Risk): Risk {
  return isGraver(one, other) ? one : other;
}

/** Whether one risk is above another. */
export function isGraver(one: Risk, other: Risk): boolean {
  return RISKS.indexOf(one) > RISKS.indexOf(other);
}
