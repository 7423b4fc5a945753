import { resolveName } from './names.ts';
import type { NotUnderstood, VerbContext } from './verb.ts';

/** Whom a word names: `slack:U01` for a mention, `me`, else a key of oncall.yml. */
export function personOf(word: string, context: VerbContext): string | NotUnderstood {
  const mentioned = /^@([UW][A-Z0-9]{2,20})$/.exec(word)?.[1];
  if (mentioned !== undefined) return `slack:${mentioned}`;
  const name = word.replace(/^@/, '');
  if (/^(me|myself)$/i.test(name)) return 'me';
  const found = resolveName(name, context.people, 'person');
  return found.kind === 'name' ? found.name : found;
}
