import type { Actor } from '../core/command.ts';
import type { OncallConfig } from '../core/config/config.ts';

const OF_ONCALL = 'person:';

/** The key of oncall.people that an actor is; who is none of them as they are (`slack:U01`); null: nobody who can be reached. */
export function personOf(actor: string | null, { people }: OncallConfig): string | null {
  if (actor?.startsWith(OF_ONCALL) === true) {
    const key = actor.slice(OF_ONCALL.length);
    return Object.hasOwn(people, key) ? key : null;
  }
  if (actor === null || !actor.startsWith('slack:')) return null;
  const id = actor.slice('slack:'.length);
  return Object.keys(people).find((key) => people[key]?.slack.includes(id)) ?? actor;
}

/** As whom a person of oncall.yml acts without a click: their first Slack account; without one the person themselves. */
export function actorOf(person: string, { people }: OncallConfig): Actor {
  const first = people[person]?.slack[0];
  return first === undefined ? `${OF_ONCALL}${person}` : `slack:${first}`;
}
