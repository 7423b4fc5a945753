import type { Desk } from '../listen/deps.ts';

/** Learns the names of people before they are shown: after a start Slack has not told them yet. */
export async function knowNames(people: Iterable<string>, { directory, config }: Desk): Promise<void> {
  const known = config.current().oncall.people;
  const accounts = [...new Set(people)].flatMap((person) => known[person]?.slack.slice(0, 1) ?? []);
  await Promise.all(accounts.map((id) => directory.account(id)));
}
