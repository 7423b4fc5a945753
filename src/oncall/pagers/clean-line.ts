import { oneLine, stripControls, truncateGraphemes } from '../../core/text.ts';

/** Makes foreign text one safe line of at most so many characters. */
export function cleanLine(text: string, most = 200): string {
  return truncateGraphemes(oneLine(stripControls(text)), most);
}
