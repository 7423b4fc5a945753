import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../../../core/duration.ts';

/** A duration of the command line (`30m`) in seconds. */
export function readSeconds(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === null) throw new InvalidArgumentError('It is a duration like 30m or 4h.');
  return seconds;
}
