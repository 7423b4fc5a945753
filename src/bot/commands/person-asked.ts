import type { Desk } from '../listen/deps.ts';
import { resolveName } from './names.ts';
import type { NotUnderstood, VerbContext } from './verb.ts';

/** Reads a word that names a person: `slack:U01` of a mention, a key of oncall.yml by a unique prefix, or `me`. */
export function readPersonWord(word: string, context: Pick<VerbContext, 'people'>): string | NotUnderstood {
  const mentioned = accountOf(word);
  if (mentioned !== null) return `slack:${mentioned}`;
  const name = word.replace(/^@/, '');
  if (isMe(name)) return 'me';
  const found = resolveName(name, context.people, 'person');
  return found.kind === 'name' ? found.name : found;
}

/** Whether a word can be nothing but a person: a mention, `@ben`, `me`, or a whole key of oncall.yml. */
export function namesPerson(word: string, { people }: Pick<VerbContext, 'people'>): boolean {
  return word.startsWith('@') || isMe(word) || people.some((key) => key.toLowerCase() === word.toLowerCase());
}

/** The key of oncall.yml that a person so named has; the Slack account when it has none there. */
export type PersonAsked =
  | { readonly kind: 'listed'; readonly key: string }
  | { readonly kind: 'unlisted'; readonly account: string };

/** Who is meant, for somebody who says `me`. */
export function personAsked(said: string, userId: string, { directory }: Pick<Desk, 'directory'>): PersonAsked {
  if (said !== 'me' && !said.startsWith('slack:')) return { kind: 'listed', key: said };
  const account = said === 'me' ? userId : said.slice('slack:'.length);
  const key = directory.personOf(account);
  return key === null ? { kind: 'unlisted', account } : { kind: 'listed', key };
}

function accountOf(word: string): string | null {
  return /^@([UW][A-Z0-9]{2,20})$/.exec(word)?.[1] ?? null;
}

function isMe(word: string): boolean {
  return /^@?(me|myself)$/i.test(word);
}
