import type { NotUnderstood, VerbContext } from './verb.ts';
import { nameOfWord, threadOfPermalink, type Word } from './words.ts';

const MOST_IDS = 20;

/** `42`, `#42`, `GI-42`, `gi42` or a link to a message of its thread. */
export function incidentOf(word: string, context: Pick<VerbContext, 'incidentOfLink'>): string | null {
  const number = /^(?:#|gi-?|#gi-)?([1-9]\d{0,8})$/i.exec(nameOfWord(word))?.[1];
  if (number !== undefined) return `GI-${number}`;
  const thread = threadOfPermalink(word);
  return thread === null ? null : (context.incidentOfLink.get(thread) ?? null);
}

/** Words that must all be incidents; without any, the incident of the thread. */
export function readIds(
  verb: string,
  words: readonly Word[],
  context: VerbContext,
): { readonly kind: 'ids'; readonly incidents: readonly string[] } | NotUnderstood {
  if (words.length === 0) {
    if (context.incidentOfThread === null) return { kind: 'missing', verb, what: 'incident' };
    return { kind: 'ids', incidents: [context.incidentOfThread] };
  }
  const incidents = new Set<string>();
  for (const { word } of words) {
    const incident = incidentOf(word, context);
    if (incident === null) {
      if (incidents.size > 0) return { kind: 'surplus', verb, word };
      return { kind: 'unknown', what: 'incident', word, suggestions: [`${verb} 42`] };
    }
    incidents.add(incident);
  }
  if (incidents.size > MOST_IDS) return { kind: 'surplus', verb, word: `${incidents.size} incidents` };
  return { kind: 'ids', incidents: [...incidents] };
}
