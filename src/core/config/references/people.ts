import type { Written } from '../files.ts';
import type { Path, Report } from '../problem.ts';
import { entriesOf, requireName } from './names.ts';
import { slackIdsOf } from './reach.ts';

const FILE = 'oncall.yml';

/** oncall.yml: one Slack account is one human, and contacts lead somewhere. */
export function checkPeople({ oncall, names }: Written, report: Report): void {
  const owners = new Map<string, string>();
  for (const [name, person] of entriesOf(oncall?.people)) {
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

/** oncall.yml: the country of business_time is one whose holidays are known. */
export async function checkHolidays({ oncall }: Written, report: Report): Promise<void> {
  const place = oncall?.business_time?.holidays;
  if (place === undefined) return;
  const { default: Holidays } = await import('date-holidays');
  const [country = '', state = '', region = ''] = place.split('-');
  const calendar = new Holidays();
  const isKnown =
    Object.hasOwn(calendar.getCountries() ?? {}, country) &&
    (state === '' || Object.hasOwn(calendar.getStates(country) ?? {}, state)) &&
    (region === '' || Object.hasOwn(calendar.getRegions(country, state) ?? {}, region));
  if (isKnown) return;
  const message = `no holidays are known for "${place}"; write a country such as BR, or a part of it such as BR-SP`;
  report({ file: FILE, path: ['business_time', 'holidays'], message });
}
