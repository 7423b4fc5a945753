import type { Actor } from '../core/command.ts';
import type { Config } from '../core/config/config.ts';

/**
 * Whether two actors are one human, as far as oncall.yml knows (a person may have several Slack ids). `local` is
 * whoever sits at the host: it is nobody else, and never agrees to anything.
 */
export function isSameHuman(one: Actor, other: Actor, config: Config): boolean {
  if (one === other) return true;
  const person = personOf(one, config);
  return person !== null && person === personOf(other, config);
}

function personOf(actor: Actor, { oncall }: Config): string | null {
  if (actor.startsWith('person:')) return actor.slice('person:'.length);
  if (!actor.startsWith('slack:')) return null;
  const id = actor.slice('slack:'.length);
  return Object.entries(oncall.people).find(([, { slack }]) => slack.includes(id))?.[0] ?? null;
}
