import type { Desk } from '../listen/deps.ts';

/** The time zone in which a person speaks of times: as Slack has it, else as oncall.yml, else UTC. */
export async function zoneOfAsker(userId: string, deps: Pick<Desk, 'directory' | 'config'>): Promise<string> {
  const account = await deps.directory.account(userId);
  const person = deps.directory.personOf(userId);
  const written = person === null ? null : deps.config.current().oncall.people[person]?.timezone;
  return [account?.tz, written].find(isZone) ?? 'UTC';
}

function isZone(zone: string | null | undefined): zone is string {
  if (zone === null || zone === undefined || zone === '') return false;
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
