import type { Turns } from './turns.ts';

/** The bytes that give JSON its structure. */
export const MARK = { comma: 0x2c, colon: 0x3a, openList: 0x5b, closeList: 0x5d, openObject: 0x7b, closeObject: 0x7d };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const STEP_BYTES = 64 * 1024;

/**
 * Walks over the structure of a JSON text and builds nothing: `see` is told of each mark outside of strings, where it is,
 * and where the last string before it began. Whether the text is JSON at all is not checked.
 */
export async function scanJson(
  bytes: Uint8Array,
  turns: Turns,
  see: (mark: number, at: number, word: number) => void,
): Promise<void> {
  let word = 0;
  let stepAt = STEP_BYTES;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) {
      word = at + 1;
      at = endOfString(bytes, word);
    } else if (isMark(byte)) see(byte, at, word);
    if (at < stepAt) continue;
    stepAt = at + STEP_BYTES;
    await turns.step();
  }
}

/** How many commas and opening brackets there are, in strings too: never fewer than values that a parser builds. */
export function countMarks(bytes: Uint8Array): number {
  let marks = 0;
  for (const byte of bytes) if (byte === MARK.comma || byte === MARK.openObject || byte === MARK.openList) marks += 1;
  return marks;
}

function isMark(byte: number): boolean {
  if (byte === MARK.comma || byte === MARK.colon) return true;
  return byte === MARK.openList || byte === MARK.closeList || byte === MARK.openObject || byte === MARK.closeObject;
}

/** Position of the quote that ends the string, or the end of the text. */
function endOfString(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at += 1) {
    if (bytes[at] === BACKSLASH) at += 1;
    else if (bytes[at] === QUOTE) return at;
  }
  return bytes.length;
}
