import type { Written } from '../files.ts';
import type { Path, Report } from '../problem.ts';
import type { OncallFile } from '../schema/oncall.ts';
import { entriesOf, requireName } from './names.ts';
import { meansOfPerson, slackIdsOf, zoneOfPerson } from './reach.ts';
import { NOBODY } from './turns.ts';

const FILE = 'oncall.yml';

/** oncall.yml: one Slack account is one human, and contacts lead somewhere. */
export function checkPeople({ oncall, names }: Written, report: Report): void {
  const owners = new Map<string, string>();
  for (const [name, person] of entriesOf(oncall?.people)) {
    if (name === NOBODY) {
      const message = '"nobody" is the word for nobody in schedules; give this person another name';
      report({ file: FILE, path: ['people', name], at: 'key', message });
    }
    for (const [index, id] of slackIdsOf(person).entries()) {
      const owner = owners.get(id);
      const path: Path = ['people', name, 'slack', ...(Array.isArray(person.slack) ? [index] : [])];
      if (owner !== undefined) report({ file: FILE, path, message: `${id} is already the Slack id of "${owner}"` });
      else owners.set(id, name);
    }
  }
  for (const [name] of entriesOf(oncall?.people)) checkPreferences(name, oncall ?? {}, report);
  for (const [name, contact] of entriesOf(oncall?.contacts)) {
    const path: Path = ['contacts', name];
    if (contact.person !== undefined) {
      const asked = { what: 'person', name: contact.person, known: names.people, knownIn: 'people' };
      requireName(report, { file: FILE, path: [...path, 'person'] }, asked);
    } else if (contact.email === undefined && contact.phone === undefined && contact.webhook === undefined) {
      report({ file: FILE, path, message: 'this contact has no address: give it person, email, phone or webhook' });
    }
  }
}

/** What a person prefers is what they have, and quiet hours end. */
function checkPreferences(name: string, oncall: Partial<OncallFile>, report: Report): void {
  const person = oncall.people?.[name];
  const quiet = person?.quiet_hours;
  const has = person === undefined ? new Set() : meansOfPerson(person);
  for (const [index, means] of (person?.prefer ?? []).entries()) {
    if (has.has(means)) continue;
    const path: Path = ['people', name, 'prefer', index];
    report({
      file: FILE,
      path,
      message: `"${name}" has no address for ${means}`,
      hint: 'add the address, or leave it out',
    });
  }
  if (quiet === undefined) return;
  const path: Path = ['people', name, 'quiet_hours'];
  const isEndless = quiet.from === quiet.to || (quiet.from === '00:00' && quiet.to === '24:00');
  if (isEndless) {
    const message = 'these hours never end; pages about P2 and P3 would never come';
    report({ file: FILE, path, message, hint: 'write a shorter time, or leave the person out of the level' });
  }
  const zone = zoneOfPerson(name, oncall);
  if (person?.timezone !== undefined) return;
  const message = `"${name}" has no timezone: these hours are read in ${zone.timezone}, the zone of ${zone.from}`;
  report({ file: FILE, path, severity: 'warning', message, hint: 'add "timezone" to the person' });
}
