import type { OncallConfig } from '../core/config/config.ts';

/** Whether an actor is a person: in Slack, or at the command line of this host. */
export function isPerson(actor: string): boolean {
  return actor.startsWith('slack:') || actor === 'local';
}

/** The key of oncall.people that an actor is; who is none of them as they are (`slack:U01`); null: nobody who can be reached. */
export function personOf(actor: string | null, { people }: OncallConfig): string | null {
  if (actor === null || !actor.startsWith('slack:')) return null;
  const id = actor.slice('slack:'.length);
  return Object.keys(people).find((key) => people[key]?.slack.includes(id)) ?? actor;
}
