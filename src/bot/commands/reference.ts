import { digestOf } from '../../journal/digest.ts';

/** A short name of what was asked, for the log and the person: `7f3a91`. */
export function referenceOf(key: string): string {
  return digestOf(key).slice(0, 6);
}
