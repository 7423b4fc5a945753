import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { refuse } from '../core/errors.ts';

/** One known point of the chain, kept outside the database. */
export interface AnchorPoint {
  readonly seq: number;
  /** 64 hexadecimal digits. */
  readonly hash: string;
}

const LINE = /^(\d+) ([0-9a-f]{64}) (\S+)$/;

/** Adds the line `<seq> <hash> <iso time>` to the anchor file, durably. `at` is epoch milliseconds. */
export function appendAnchor(file: string, head: AnchorPoint, at: number): void {
  const descriptor = openSync(file, 'a', 0o600);
  try {
    writeSync(descriptor, `${head.seq} ${head.hash} ${new Date(at).toISOString()}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Reads an anchor file; an unfinished last line is passed over. Throws the refusals ANCHOR_UNREADABLE and
 * ANCHOR_MALFORMED.
 */
export function readAnchors(file: string): AnchorPoint[] {
  const lines = readText(file).split('\n');
  lines.pop();
  const points: AnchorPoint[] = [];
  for (const [index, line] of lines.entries()) {
    const [, seq, hash] = LINE.exec(line) ?? [];
    if (seq === undefined || hash === undefined) {
      throw refuse(
        'ANCHOR_MALFORMED',
        `Line ${index + 1} of the anchor file ${file} is no anchor.`,
        'Each line is: <number> <hash> <time>. Use a copy that was not changed.',
      );
    }
    points.push({ seq: Number(seq), hash });
  }
  return points;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw refuse('ANCHOR_UNREADABLE', `The anchor file ${file} cannot be read.`, 'Check the path and its permissions.');
  }
}
