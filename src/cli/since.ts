import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../core/duration.ts';
import { readTime } from './read-time.ts';

/** A moment before now, epoch ms: it may be counted back from now (`7d`). */
export type Since = (now: number) => number;

/** Reads `7d`, `12h` (counted back from now) or a time; anything else is misuse. */
export function readSince(text: string): Since {
  const seconds = parseDuration(text);
  if (seconds !== null && seconds > 0) return (now) => now - seconds * 1000;
  try {
    const at = readTime(text);
    return () => at;
  } catch {
    throw new InvalidArgumentError('It is a duration like 7d, counted back from now, or a time.');
  }
}
