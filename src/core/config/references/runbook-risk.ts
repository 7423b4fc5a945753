import { RISKS } from '../config.ts';
import type { Path, Report } from '../problem.ts';
import type { RunbookFile } from '../schema/runbook.ts';
import { checkEachCondition } from './step-conditions.ts';

/**
 * `risk_when` of a runbook raises its risk, and never lowers it; it asks for parameters alone, since the risk is known
 * before anything is done.
 */
export function checkRisk(file: string, runbook: RunbookFile, report: Report): void {
  for (const [index, rule] of (runbook.risk_when ?? []).entries()) {
    const path: Path = ['risk_when', index];
    if (RISKS.indexOf(rule.risk) <= RISKS.indexOf(runbook.risk)) {
      report({ file, path: [...path, 'risk'], message: `must be higher than the runbook's own ${runbook.risk}` });
    }
    checkEachCondition({ runbook, earlier: new Map(), ids: [], file, path: [...path, 'if'] }, rule.if, report);
  }
}
