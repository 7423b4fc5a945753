import type { Written } from '../files.ts';
import type { Path, Report } from '../problem.ts';
import type { RunbookFile, WrittenStep } from '../schema/runbook.ts';
import { entriesOf, requireName } from './names.ts';
import { checkReferences, isReference } from './step-references.ts';

const MODES = ['graceful', 'forced', 'rolling'];

/** runbooks/*.yml: names are unique, parameters are whole, and steps speak of things that exist. */
export function checkRunbooks(written: Written, report: Report): void {
  const files = new Map<string, string>();
  for (const [file, runbook] of written.runbooks) {
    const other = files.get(runbook.runbook);
    const message = `runbook "${runbook.runbook}" stands in ${other} already`;
    if (other !== undefined) report({ file, path: ['runbook'], message });
    else files.set(runbook.runbook, file);
    checkParameters(file, runbook, report);
    checkSteps(written, file, runbook, report);
  }
}

function checkParameters(file: string, runbook: RunbookFile, report: Report): void {
  for (const [name, parameter] of entriesOf(runbook.parameters)) {
    const path: Path = ['parameters', name];
    if (parameter.type === 'choice' && parameter.options === undefined) {
      report({ file, path, message: 'a choice needs options' });
    }
    if (parameter.type !== 'choice' && parameter.options !== undefined) {
      report({ file, path: [...path, 'options'], at: 'key', message: 'only a choice has options' });
    }
    if (parameter.options !== undefined && parameter.default !== undefined) {
      const asked = { what: 'option', name: String(parameter.default), known: parameter.options, knownIn: 'options' };
      requireName(report, { file, path: [...path, 'default'] }, asked);
    }
  }
}

function checkSteps(written: Written, file: string, runbook: RunbookFile, report: Report): void {
  const earlier: string[] = [];
  const sections = [
    ['steps', runbook.steps],
    ['verify', runbook.verify],
  ] as const;
  for (const [section, steps] of sections) {
    for (const [index, step] of (steps as readonly WrittenStep[]).entries()) {
      const path: Path = [section, index];
      checkReferences({ file, path, runbook, step, earlier }, report);
      checkStepNames(written, file, path, step, report);
      if (section === 'verify' && step.probe === undefined) {
        report({ file, path, message: 'verify is made of probes; what acts belongs into steps' });
      }
      if (step.id === undefined) continue;
      if (earlier.includes(step.id))
        report({ file, path: [...path, 'id'], message: `step "${step.id}" is there already` });
      earlier.push(step.id);
    }
  }
}

function checkStepNames(
  { hosts, probes, names }: Written,
  file: string,
  path: Path,
  step: WrittenStep,
  report: Report,
): void {
  if (step.probe !== undefined && !isReference(step.probe) && probes !== null) {
    const asked = { what: 'probe', name: step.probe, known: names.probes, knownIn: 'probes.yml' };
    requireName(report, { file, path: [...path, 'probe'] }, asked);
  }
  const restart = step['service.restart'];
  if (restart === undefined) return;
  const at: Path = [...path, 'service.restart'];
  if (!isReference(restart.service) && hosts !== null) {
    const asked = { what: 'service', name: restart.service, known: names.services, knownIn: 'hosts.yml' };
    requireName(report, { file, path: [...at, 'service'] }, asked);
  }
  if (restart.mode === undefined || isReference(restart.mode)) return;
  const asked = { what: 'mode', name: restart.mode, known: MODES, knownIn: 'service.restart' };
  requireName(report, { file, path: [...at, 'mode'] }, asked);
}

/** Runbook of that name, or undefined. */
export function runbookNamed(written: Written, name: string): RunbookFile | undefined {
  return [...written.runbooks.values()].find((runbook) => runbook.runbook === name);
}
