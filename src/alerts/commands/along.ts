import { isOver } from '../decision.ts';
import type { IncidentSet, Member } from '../incident-set.ts';

/** What happened to other incidents along with the one that was named: ` With it: GI-8.`; empty when nothing did. */
export function alongText(set: IncidentSet, named: string | undefined): string {
  const others = set.changed().filter(({ id, before }) => id !== named && before !== null);
  const along = others.filter((member) => isEnded(member) || isTaken(member));
  const free = others.filter(({ before, after }) => before?.foldedUnder != null && after?.foldedUnder == null);
  return `${listed(' With it', along)}${listed(' On its own again, because it still fires', free)}`;
}

function isEnded({ before, after }: Member): boolean {
  return before !== null && after !== null && !isOver(before) && isOver(after);
}

function isTaken({ before, after }: Member): boolean {
  return before?.status === 'firing' && after?.status === 'acknowledged';
}

function listed(words: string, members: readonly Member[]): string {
  return members.length === 0 ? '' : `${words}: ${members.map(({ id }) => id).join(', ')}.`;
}
