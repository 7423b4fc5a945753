import type { Written } from '../files.ts';
import { OWN_RUNBOOKS } from '../own-runbooks.ts';
import type { Report } from '../problem.ts';
import type { RunbookFile } from '../schema/runbook.ts';
import { entryOf, requireName } from './names.ts';
import { checkParameters } from './runbook-parameters.ts';
import { checkRisk } from './runbook-risk.ts';
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
    checkWord(file, runbook, report);
    checkRisk(file, runbook, report);
    checkSteps(written, file, runbook, report);
  }
}

/** What its word takes are parameters, and only the last takes several. */
function checkWord(file: string, { word, parameters }: RunbookFile, report: Report): void {
  const takes = word?.takes ?? [];
  for (const [index, name] of takes.entries()) {
    const path = ['word', 'takes', index];
    const parameter = entryOf(parameters, name);
    const known = Object.keys(parameters);
    const isKnown = requireName(report, { file, path }, { what: 'parameter', name, known, knownIn: 'parameters' });
    const isList = parameter?.list ?? parameter?.type === 'hosts';
    if (!isKnown || !isList || index === takes.length - 1) continue;
    report({ file, path, message: `"${name}" takes all words that are left: it must be the last` });
  }
}

/** Runbook of that name, or undefined. */
export function runbookNamed(written: Written, name: string): RunbookFile | undefined {
  return [...written.runbooks.values()].find((runbook) => runbook.runbook === name);
}
