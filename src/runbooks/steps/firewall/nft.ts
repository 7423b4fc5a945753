import * as z from 'zod';
import { readJson } from '../json-results.ts';
import { type Address, readAddress } from './address.ts';
import type { Block } from './block-element.ts';
import { blockScript, unblockScript } from './script.ts';

const Value = z.union([z.string(), z.object({ prefix: z.object({ addr: z.string(), len: z.number() }) })]);
const Element = z.union([
  z.object({
    elem: z.object({
      val: Value,
      timeout: z.number().optional(),
      expires: z.number().optional(),
      comment: z.string().optional(),
      counter: z.object({ packets: z.number() }).optional(),
    }),
  }),
  Value.transform((val) => {
    return { elem: { val, timeout: undefined, expires: undefined, comment: undefined, counter: undefined } };
  }),
]);
/** `{"nftables": [{"metainfo": …}, {"table": …}, {"set": {"name": "block4", "elem": [{"elem": {"val": "203.0.113.7", …}}]}}]}` */
const Listing = z.object({
  nftables: z.array(
    z.object({
      table: z.object({ family: z.string(), name: z.string() }).optional(),
      set: z.object({ name: z.string(), elem: z.array(z.unknown()).default([]) }).optional(),
    }),
  ),
});

/** Blocks in what `nft -j list tables` and `nft -j list table inet gianna` say; null: it cannot be read. */
export function readNft(tables: string, ours: string): Block[] | null {
  const all = readListing(tables);
  if (all === null) return null;
  if (!all.some(({ table }) => table?.family === 'inet' && table.name === 'gianna')) return [];
  return readListing(ours)?.flatMap(({ set }) => (set?.elem ?? []).flatMap((element) => blockOf(element))) ?? null;
}

/** What `nft -f -` is given. */
export function nftPrograms(counts: boolean) {
  const program = (input: string) => [{ argv: ['nft', '-f', '-'], input }];
  return {
    block: (addresses: readonly Address[], seconds: number, key: string) =>
      program(blockScript(addresses, seconds, key, counts)),
    unblock: (addresses: readonly Address[]) => program(unblockScript(addresses, counts)),
  };
}

function readListing(text: string): z.infer<typeof Listing>['nftables'] | null {
  const read = Listing.safeParse(readJson(text));
  return read.success ? read.data.nftables : null;
}

function blockOf(element: unknown): Block[] {
  const read = Element.safeParse(element);
  if (!read.success) return [];
  const { val, comment = null, timeout = null, expires = null, counter } = read.data.elem;
  const address = readAddress(typeof val === 'string' ? val : `${val.prefix.addr}/${val.prefix.len}`);
  if (address.kind === 'wrong') return [];
  const hits = counter?.packets ?? null;
  return [{ address: address.address, comment, seconds: timeout, leftSeconds: expires, hits }];
}
