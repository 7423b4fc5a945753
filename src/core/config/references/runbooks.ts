import type { Written } from '../files.ts';
import { OWN_RUNBOOKS } from '../own-runbooks.ts';
import type { Report } from '../problem.ts';
import type { RunbookFile } from '../schema/runbook.ts';
import { checkParameters } from './runbook-parameters.ts';
import { checkSteps } from './runbook-steps.ts';

/** runbooks/*.yml: names are unique, parameters are whole, and steps speak of things that exist. */
export function checkRunbooks(written: Written, report: Report): void {
  const files = new Map<string, string>();
  for (const [file, runbook] of written.runbooks) {
    if (OWN_RUNBOOKS.includes(runbook.runbook)) {
      const own = `"${runbook.runbook}" is a runbook of the bot's own; give it another name`;
      report({ file, path: ['runbook'], message: own });
    }
    const other = files.get(runbook.runbook);
    const message = `runbook "${runbook.runbook}" stands in ${other} already`;
    if (other !== undefined) report({ file, path: ['runbook'], message });
    else files.set(runbook.runbook, file);
    checkParameters(written, file, runbook, report);
    checkSteps(written, file, runbook, report);
  }
}

/** Runbook of that name, or undefined. */
export function runbookNamed(written: Written, name: string): RunbookFile | undefined {
  return [...written.runbooks.values()].find((runbook) => runbook.runbook === name);
}
