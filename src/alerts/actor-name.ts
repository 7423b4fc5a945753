import type { Config } from '../core/config/config.ts';

/** A person's name for sentences: the key of oncall.yml when it is known, else the Slack id; never a mention. */
export function actorName(config: Config, actor: string): string {
  if (actor === 'local') return 'the command line';
  if (actor.startsWith('person:')) return actor.slice('person:'.length);
  if (!actor.startsWith('slack:')) return actor;
  const id = actor.slice('slack:'.length);
  const person = Object.entries(config.oncall.people).find(([, { slack }]) => slack.includes(id));
  return person?.[0] ?? id;
}
