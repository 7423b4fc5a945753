import type { Written } from '../files.ts';
import { readParameterValue } from '../parameter-values.ts';
import type { Path, Report } from '../problem.ts';
import { resolveParameter } from '../resolve/runbook.ts';
import type { WrittenRemediation, WrittenRunMatch } from '../schema/policy.ts';
import type { RunbookFile } from '../schema/runbook.ts';
import { checkPatterns } from './label-patterns.ts';
import { entriesOf, entryOf, requireName } from './names.ts';
import { runbookNamed } from './runbooks.ts';

const FILE = 'policy.yml';

/** policy.yml: rules speak of runbooks, services and probes that exist, and nothing dangerous runs of itself. */
export function checkPolicy(written: Written, report: Report): void {
  const { approvals, freeze = [], remediation = [] } = written.policy ?? {};
  for (const [index, match] of (approvals?.required ?? []).entries()) {
    checkRunMatch(written, ['approvals', 'required', index], match, report);
  }
  checkUnique('freeze', freeze, report);
  for (const [index, rule] of freeze.entries()) {
    checkRunMatch(written, ['freeze', index, 'runs'], rule.runs, report);
    checkLeases(written, ['freeze', index, 'while', 'leases'], rule.while.leases, report);
    for (const [at, window] of (rule.while.windows ?? []).entries()) {
      if ('days' in window || window.from <= window.to) continue;
      const path: Path = ['freeze', index, 'while', 'windows', at, 'to'];
      report({ file: FILE, path, message: `must not be before ${window.from}` });
    }
  }
  checkUnique('remediation', remediation, report);
  for (const [index, rule] of remediation.entries()) checkRemediation(written, ['remediation', index], rule, report);
}

/** A word that no runbook has is a warning: leases are also taken by what has no file. */
function checkLeases(written: Written, path: Path, leases: readonly string[] | undefined, report: Report): void {
  const known = written.names.runbooks;
  checkList(path, leases, { what: 'runbook', known, knownIn: 'runbooks/', severity: 'warning' }, report);
}

function checkUnique(section: string, rules: ReadonlyArray<{ readonly name: string }>, report: Report): void {
  for (const [index, { name }] of rules.entries()) {
    if (rules.findIndex((rule) => rule.name === name) === index) continue;
    report({ file: FILE, path: [section, index, 'name'], message: `rule "${name}" is there already` });
  }
}

function checkRunMatch(written: Written, path: Path, match: WrittenRunMatch, report: Report): void {
  const { names, hosts } = written;
  const { runbooks, services, environments } = match;
  checkList([...path, 'runbooks'], runbooks, { what: 'runbook', known: names.runbooks, knownIn: 'runbooks/' }, report);
  if (hosts === null) return;
  checkList([...path, 'services'], services, { what: 'service', known: names.services, knownIn: 'hosts.yml' }, report);
  const all = entriesOf(hosts.services).flatMap(([, { environment }]) => environment ?? []);
  const known = [...new Set(all)];
  checkList([...path, 'environments'], environments, { what: 'environment', known, knownIn: 'hosts.yml' }, report);
}

interface Asked {
  readonly what: string;
  readonly known: readonly string[];
  readonly knownIn: string;
  readonly severity?: 'warning';
}

function checkList(path: Path, names: readonly string[] | undefined, asked: Asked, report: Report): void {
  const { severity = 'error', ...rest } = asked;
  for (const [index, name] of (names ?? []).entries()) {
    requireName(report, { file: FILE, path: [...path, index], severity }, { ...rest, name });
  }
}

function checkRemediation(written: Written, path: Path, rule: WrittenRemediation, report: Report): void {
  const { names } = written;
  const at = (...inner: Path) => ({ file: FILE, path: [...path, ...inner] });
  checkPatterns(FILE, [...path, 'match'], rule.match, report);
  if (written.probes !== null) {
    const asked = { what: 'probe', name: rule.precheck.probe, known: names.probes, knownIn: 'probes.yml' };
    requireName(report, at('precheck', 'probe'), asked);
  }
  const asked = { what: 'runbook', name: rule.runbook, known: names.runbooks, knownIn: 'runbooks/' };
  requireName(report, at('runbook'), asked);
  const runbook = runbookNamed(written, rule.runbook);
  if (runbook === undefined) return;
  if (runbook.risk !== 'R1' && runbook.risk !== 'R2') {
    const message = `only a runbook of risk R1 or R2 runs of itself; "${rule.runbook}" is ${runbook.risk}`;
    report({ ...at('runbook'), message });
  }
  checkGiven(written, [...path, 'parameters'], rule, runbook, report);
}

/** A service that is not given is the one of the incident; everything else that the runbook needs must be. */
function checkGiven(
  { names, hosts }: Written,
  path: Path,
  rule: WrittenRemediation,
  runbook: RunbookFile,
  report: Report,
): void {
  const known = Object.keys(runbook.parameters);
  for (const [name, value] of Object.entries(rule.parameters)) {
    const at = { file: FILE, path: [...path, name] };
    const asked = { what: 'parameter', name, known, knownIn: `runbook ${runbook.runbook}` };
    const parameter = entryOf(runbook.parameters, name);
    if (parameter === undefined) requireName(report, at, asked);
    if (parameter === undefined || (hosts === null && ['service', 'host'].includes(parameter.type))) continue;
    const read = readParameterValue(resolveParameter(parameter), value, names);
    if (read.kind === 'refused') report({ ...at, message: `must be ${read.allowed}` });
  }
  for (const [name, parameter] of entriesOf(runbook.parameters)) {
    const isNeeded = resolveParameter(parameter).required && parameter.type !== 'service';
    if (!isNeeded || Object.hasOwn(rule.parameters, name)) continue;
    const message = `missing parameter "${name}", which runbook ${runbook.runbook} needs`;
    report({ file: FILE, path, at: 'key', message });
  }
}
