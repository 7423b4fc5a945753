import { distance } from 'fastest-levenshtein';

/** Names near a mistyped word: at most two edits away (one for words of three letters) or beginning like it; nearest first. */
export function closestNames(word: string, names: readonly string[], limit = 3): string[] {
  const reach = word.length <= 3 ? 1 : 2;
  const scored: Array<{ name: string; score: number }> = [];
  for (const name of names) {
    const edits = distance(word, name.toLowerCase());
    const begins = word.length >= 2 && name.toLowerCase().startsWith(word);
    if (begins || edits <= reach) scored.push({ name, score: begins ? Math.min(edits, 0.5) : edits });
  }
  scored.sort((a, b) => a.score - b.score || a.name.localeCompare(b.name));
  return scored.slice(0, limit).map((each) => each.name);
}
