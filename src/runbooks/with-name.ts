/** Words about something, its name in front: `web-1: exit 3`; as they are when they begin with it already. */
export function withName(name: string, words: string): string {
  const isNamed = words.startsWith(name) && /^[\s:]/.test(words.slice(name.length));
  return isNamed ? words : `${name}: ${words}`;
}
