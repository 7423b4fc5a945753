import { distance } from 'fastest-levenshtein';

const FARTHEST = 2;
const SHORTEST_PREFIX = 2;

/**
 * The candidates that `word` was probably meant to be, nearest first: at most two edits away (a swap of neighbours
 * counts as one), or a candidate that begins with the word. Case does not count. Empty when nothing is near.
 */
export function closest(word: string, candidates: readonly string[], max = 3): string[] {
  const wanted = word.toLowerCase();
  if (wanted === '') return [];
  const near: Array<{ candidate: string; rank: number }> = [];
  for (const candidate of new Set(candidates)) {
    const rank = rankOf(wanted, candidate.toLowerCase());
    if (rank !== null) near.push({ candidate, rank });
  }
  near.sort((a, b) => a.rank - b.rank || (a.candidate < b.candidate ? -1 : 1));
  return near.slice(0, max).map((entry) => entry.candidate);
}

function rankOf(wanted: string, candidate: string): number | null {
  const edits = isSwap(wanted, candidate) ? 1 : distance(wanted, candidate);
  const allowed = Math.min(FARTHEST, Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 2)));
  if (edits <= allowed && edits < Math.max(wanted.length, candidate.length)) return edits;
  return wanted.length >= SHORTEST_PREFIX && candidate.startsWith(wanted) ? FARTHEST + 1 : null;
}

/** Whether the two differ by one swap of neighbouring characters. */
function isSwap(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const at = [...a].findIndex((_, index) => a[index] !== b[index]);
  if (at < 0 || at + 1 >= a.length) return false;
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}
