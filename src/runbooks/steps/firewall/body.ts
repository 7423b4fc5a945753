import { parseDuration } from '../../../core/duration.ts';
import { type Address, readAddress } from './address.ts';

/** A block as it was before another took its place. */
export interface Restored {
  readonly block: string;
  /** ISO 8601. */
  readonly until: string;
  readonly as: string;
}

/** The own keys of a step `firewall`: block with for (or until), or unblock. */
export interface FirewallBody {
  readonly block?: string | readonly string[] | undefined;
  readonly unblock?: string | readonly string[] | undefined;
  readonly for?: string | undefined;
  /** ISO 8601; what keeps a block has it. */
  readonly until?: string | undefined;
  readonly allow_private: boolean | 'yes' | 'no';
  readonly of?: string | undefined;
  /** What was blocked before, and is again once it is unblocked. */
  readonly restore?: readonly Restored[] | undefined;
  /** Blocks under this key in place of the step's own. */
  readonly as?: string | undefined;
}

/** What it blocks or unblocks, each once. A text may hold several, parted by commas or blanks. */
export function addressesOf({ block, unblock }: FirewallBody): Address[] {
  const texts = [block ?? unblock ?? []].flat().flatMap(textsIn);
  return [...new Set(texts)].flatMap((text) => {
    const read = readAddress(text);
    return read.kind === 'address' ? [read.address] : [];
  });
}

/** The addresses that one text lists. */
export function textsIn(text: string): string[] {
  const found = text.split(/[ ,]+/).filter((each) => each !== '');
  return found.length === 0 ? [text] : found;
}

/** For how long it blocks from now on, seconds; not below 1. */
export function secondsOf(body: FirewallBody, now: number): number {
  if (body.until !== undefined) return Math.max(1, Math.round((Date.parse(body.until) - now) / 1000));
  return parseDuration(body.for ?? '') ?? 0;
}
