import * as z from 'zod';
import { OpsError, transient } from '../../../core/errors.ts';
import { firstLine } from '../../../hosts/printable.ts';
import type { ProgramResult, Shell } from '../../../hosts/shell.ts';
import { readJson } from '../json-results.ts';
import { type Address, readAddress } from './address.ts';

/** An element of ours in a host's firewall. */
export interface Block {
  readonly address: Address;
  /** The key of the run that made it; null: it has none, so that nobody knows who did. */
  readonly comment: string | null;
  /** As it was set. */
  readonly seconds: number | null;
  /** Until it ends by itself; null: it does not. */
  readonly leftSeconds: number | null;
}

const Value = z.union([z.string(), z.object({ prefix: z.object({ addr: z.string(), len: z.number() }) })]);
const Element = z.union([
  z.object({
    elem: z.object({
      val: Value,
      timeout: z.number().optional(),
      expires: z.number().optional(),
      comment: z.string().optional(),
    }),
  }),
  Value.transform((val) => ({ elem: { val, timeout: undefined, expires: undefined, comment: undefined } })),
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

const LIMITS = { timeoutMs: 15_000, maxBytes: 8 * 1024 * 1024 };

/** The tables, then ours, a line each; ours is missing when there is none. */
export const LIST_BLOCKS = 'nft -j list tables && { nft -j list table inet gianna 2>/dev/null || true; }';

/** Every block of ours on a host, whoever made it; a transient error when its firewall cannot be read. */
export async function listBlocks(shell: Shell): Promise<Block[]> {
  const result = await shell.run(['sh', '-c', LIST_BLOCKS], LIMITS);
  const [tables = '', ours = ''] = result.stdout.split('\n');
  const isThere = readListing(tables)?.some(({ table }) => table?.family === 'inet' && table.name === 'gianna');
  if (result.exitCode === 0 && isThere === false) return [];
  const listed = result.exitCode === 0 && !result.truncated ? readListing(ours) : null;
  if (listed === null) throw unreadable(shell.host, result);
  return listed.flatMap(({ set }) => (set?.elem ?? []).flatMap((element) => blockOf(element)));
}

/** The same after something was done there: null when it cannot be seen. */
export async function listBlocksAfter(shell: Shell): Promise<Block[] | null> {
  try {
    return await listBlocks(shell);
  } catch (error) {
    if (!(error instanceof OpsError) || error.family === 'bug') throw error;
    return null;
  }
}

function readListing(text: string): z.infer<typeof Listing>['nftables'] | null {
  const read = Listing.safeParse(readJson(text));
  return read.success ? read.data.nftables : null;
}

function unreadable(host: string, { failure, stderr }: ProgramResult) {
  const why = failure ?? (firstLine(stderr) || 'it says nothing that can be read');
  return transient(
    'FIREWALL_UNREADABLE',
    `The firewall of ${host} cannot be read: ${why}.`,
    'Install nftables there, for an account that may use it.',
  );
}

function blockOf(element: unknown): Block[] {
  const read = Element.safeParse(element);
  if (!read.success) return [];
  const { val, comment = null, timeout = null, expires = null } = read.data.elem;
  const address = readAddress(typeof val === 'string' ? val : `${val.prefix.addr}/${val.prefix.len}`);
  return address.kind === 'wrong'
    ? []
    : [{ address: address.address, comment, seconds: timeout, leftSeconds: expires }];
}
