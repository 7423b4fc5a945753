import { incidentOf } from './ids.ts';
import type { NotUnderstood, VerbContext } from './verb.ts';
import type { Word } from './words.ts';

const MOST_IDS = 20;

/** The incidents that a command with more words begins with, and those words. */
export interface Targets {
  readonly kind: 'targets';
  readonly incidents: readonly string[];
  readonly rest: readonly Word[];
}

/**
 * Reads the incidents at the beginning of some words; without any, the incident of the thread. More words follow, and
 * they may be numbers (`snooze 42 2 hours`): a bare number is an incident only as the first word outside a thread; others
 * are written `GI-43` or `#43`. `isText`: free text follows, so that there is one incident.
 */
export function readTargets(
  verb: string,
  words: readonly Word[],
  context: VerbContext,
  { isText = false }: { readonly isText?: boolean } = {},
): Targets | NotUnderstood {
  const { incidentOfThread } = context;
  const incidents = new Set<string>();
  let taken = 0;
  for (const { word } of words) {
    const incident = incidentOf(word, context);
    const isFirst = incidents.size === 0;
    const isWord = isText && !isFirst;
    const isNumber = /^\d/.test(word) && (!isFirst || incidentOfThread !== null);
    if (incident === null || isWord || isNumber) break;
    incidents.add(incident);
    taken += 1;
  }
  if (incidents.size === 0 && incidentOfThread !== null) incidents.add(incidentOfThread);
  if (incidents.size === 0) return { kind: 'missing', verb, what: 'incident' };
  if (incidents.size > MOST_IDS) return { kind: 'surplus', verb, word: `${incidents.size} incidents` };
  return { kind: 'targets', incidents: [...incidents], rest: words.slice(taken) };
}
