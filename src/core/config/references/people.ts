import type { Written } from '../files.ts';
import type { Path, Report } from '../problem.ts';
import { entriesOf, requireName } from './names.ts';
import { slackIdsOf } from './reach.ts';
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
