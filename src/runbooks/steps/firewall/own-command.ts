import * as z from 'zod';
import type { FirewallCommands } from '../../../core/config/config.ts';
import { readJson } from '../json-results.ts';
import { type Address, readAddress } from './address.ts';
import type { Block } from './block-element.ts';

/** A line of what `list` prints: `{"address": "203.0.113.7", "key": "RUN-1-block", "left_seconds": 3540, "hits": 12}`. */
const Line = z.object({
  address: z.string(),
  key: z.string().nullish(),
  seconds: z.number().nullish(),
  left_seconds: z.number().nullish(),
  hits: z.number().nullish(),
});

/** Blocks in what a `list` of one's own printed, a JSON object a line; null: it cannot be read. */
export function readOwnList(text: string): Block[] | null {
  const blocks: Block[] = [];
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const read = Line.safeParse(readJson(line));
    const address = read.success ? readAddress(read.data.address) : null;
    if (!read.success || address?.kind !== 'address') return null;
    const { key = null, seconds = null, left_seconds: left = null, hits = null } = read.data;
    blocks.push({ address: address.address, comment: key, seconds, leftSeconds: left, hits });
  }
  return blocks;
}

/** Commands of one's own: `block ADDRESS SECONDS KEY` (again: another time), `unblock ADDRESS`, one call an address. */
export function ownPrograms(commands: FirewallCommands) {
  return {
    block: (addresses: readonly Address[], seconds: number, key: string) =>
      addresses.map(({ text }) => ({ argv: [...commands.block, text, String(seconds), key], input: '' })),
    unblock: (addresses: readonly Address[]) =>
      addresses.map(({ text }) => ({ argv: [...commands.unblock, text], input: '' })),
  };
}
