import type { Config } from '../../core/config/config.ts';
import { closest } from '../../core/suggest.ts';
import { type Refusal, refusal } from './act.ts';

const SLACK_ID = /^(?:slack:)?([UW][A-Z0-9]{2,})$/;

/** A person of oncall.yml, by key or by Slack id: the key. */
export function readPersonKey({ oncall: { people } }: Config, value: unknown): string | Refusal {
  const written = typeof value === 'string' ? value.trim() : '';
  const slackId = SLACK_ID.exec(written)?.[1];
  const keys = Object.keys(people);
  const found =
    slackId === undefined
      ? keys.find((key) => key === written)
      : keys.find((key) => people[key]?.slack.includes(slackId));
  if (found !== undefined) return found;
  const near = closest(written, keys);
  const what = written === '' ? 'Nobody was named.' : `"${written.slice(0, 40)}" is nobody of oncall.yml.`;
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}? ` : '';
  return refusal('PERSON_UNKNOWN', `${what} Nobody was paged.`, `${hint}People: ${keys.join(', ')}`);
}
