import { parseDuration } from '../../duration.ts';
import { SEVERITIES, type Severity } from '../config.ts';
import type { Written } from '../files.ts';
import type { Path, Report } from '../problem.ts';
import type { SeveritiesFile } from '../schema/severities.ts';
import { entryOf, requireName } from './names.ts';
import { howToSetUp, meansOfPerson, meansOfTarget, peopleOfSchedule, splitTarget } from './reach.ts';

const FILE = 'severities.yml';
type Policy = SeveritiesFile[Severity];
type Level = Policy['levels'][number];

/** severities.yml: every severity is answered by somebody who can be reached (CONFIG.md, targets and means). */
export function checkEscalation(written: Written, report: Report): void {
  for (const severity of SEVERITIES) {
    const policy = written.severities?.[severity];
    if (policy === undefined) continue;
    checkPolicy(written, severity, policy, report);
    for (const [index, level] of policy.levels.entries()) {
      const path: Path = [severity, 'levels', index];
      for (const [place, target] of level.notify.entries()) {
        checkTarget(written, target, [...path, 'notify', place], report);
      }
      checkOrder(policy.levels[index - 1], level, path, report);
      checkReach(written, level, path, report);
      checkSetUp(written.means, level, path, report);
    }
  }
}

function checkPolicy({ oncall }: Written, severity: Severity, policy: Policy, report: Report): void {
  if (policy.levels.length === 0 && !policy.digest) {
    const message = `nobody answers ${severity}: give it levels, or digest: true`;
    report({ file: FILE, path: [severity], at: 'key', message });
  }
  if (policy.levels.length > 0 && policy.digest) {
    const message = 'with digest: true nobody is pinged: these levels are not used';
    report({ file: FILE, path: [severity, 'levels'], at: 'key', severity: 'warning', message });
  }
  if (policy.clock === 'business' && oncall !== null && oncall.business_time === undefined) {
    const message = 'oncall.yml has no business_time: Monday to Friday, 09:00 to 18:00 UTC is taken';
    report({ file: FILE, path: [severity, 'clock'], severity: 'warning', message });
  }
  if (policy.out_of_hours !== undefined && policy.clock !== 'business') {
    const message = 'out_of_hours needs clock: business; it is not used';
    report({ file: FILE, path: [severity, 'out_of_hours'], at: 'key', severity: 'warning', message });
  }
}

function checkTarget({ slack, oncall, names }: Written, target: string, path: Path, report: Report): void {
  const [kind, name] = splitTarget(target);
  const place = { file: FILE, path };
  if (kind === 'email' && !/^[^\s@]+@[^\s@]+$/.test(name)) {
    report({ ...place, message: `"${name}" is not an e-mail address` });
  }
  if (kind === 'channel' && slack !== null) {
    requireName(report, place, { what: 'channel', name, known: names.channels, knownIn: 'slack.yml' });
  }
  if (oncall === null) return;
  if (kind === 'schedule') {
    requireName(report, place, { what: 'schedule', name, known: names.schedules, knownIn: 'oncall.yml' });
  }
  if (kind === 'contact') {
    requireName(report, place, { what: 'contact', name, known: names.contacts, knownIn: 'oncall.yml' });
  }
  if (kind === 'person') {
    requireName(report, place, { what: 'person', name, known: names.people, knownIn: 'oncall.yml' });
  }
}

function checkOrder(previous: Level | undefined, level: Level, path: Path, report: Report): void {
  if (previous === undefined) return;
  if ((parseDuration(level.after) ?? 0) > (parseDuration(previous.after) ?? 0)) return;
  const message = `must be later than the level before it (${previous.after})`;
  report({ file: FILE, path: [...path, 'after'], message });
}

/** A level in which nobody can be reached by its means is refused; one that misses somebody is told. */
function checkReach(written: Written, level: Level, path: Path, report: Report): void {
  const reach = level.notify.map((target) => meansOfTarget(written, target));
  const isReached = (means: ReadonlySet<string> | null) => means === null || level.by.some((each) => means.has(each));
  if (!reach.some(isReached)) {
    const message = `nobody is reached by ${level.by.join(', ')}: ${level.notify.join(', ')} have no such address`;
    report({ file: FILE, path, message, hint: 'add a means in "by", or an address in oncall.yml' });
    return;
  }
  for (const [index, target] of level.notify.entries()) {
    const [kind, name] = splitTarget(target);
    const schedule = kind === 'schedule' ? entryOf(written.oncall?.schedules, name) : undefined;
    if (schedule === undefined) continue;
    for (const person of peopleOfSchedule(schedule)) {
      const entry = entryOf(written.oncall?.people, person);
      if (entry === undefined || isReached(meansOfPerson(entry))) continue;
      const message = `while "${person}" is on call, ${target} reaches nobody by ${level.by.join(', ')}`;
      report({ file: FILE, path: [...path, 'notify', index], severity: 'warning', message });
    }
  }
}

/** A means that the environment does not set up is recorded and not sent. */
function checkSetUp(means: Written['means'], level: Level, path: Path, report: Report): void {
  const missing = level.by.filter((each) => !means.has(each));
  if (missing.length === 0) return;
  const rest = missing.length === level.by.length ? ', so nobody is pinged by this level' : '';
  const message = `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not set up: recorded, not sent${rest}`;
  report({ file: FILE, path: [...path, 'by'], severity: 'warning', message, hint: howToSetUp(missing) });
}
