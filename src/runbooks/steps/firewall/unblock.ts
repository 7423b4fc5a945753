import type { Shell } from '../../../hosts/shell.ts';
import { judgeOnce } from '../program-outcome.ts';
import type { StepRunDeps, UnitOutcome } from '../step.ts';
import type { Address } from './address.ts';
import { type Block, listBlocks, listBlocksAfter } from './list-blocks.ts';
import { unblockScript } from './script.ts';

export interface Unblocking {
  readonly addresses: readonly Address[];
  /** Only blocks with this comment; null: whoever made them. */
  readonly of: string | null;
}

/** What of it is blocked on a host now. */
export async function lookBeforeUnblock(shell: Shell, unblocking: Unblocking): Promise<Block[]> {
  return meant(await listBlocks(shell), unblocking);
}

function meant(blocks: readonly Block[], { addresses, of }: Unblocking): Block[] {
  return blocks.filter((block) => {
    return addresses.some(({ text }) => text === block.address.text) && (of === null || block.comment === of);
  });
}

/** Unblocks on one host what is blocked there, once; what has ended by itself is as good. */
export async function unblockOn(
  shell: Shell,
  unblocking: Unblocking,
  limits: { readonly timeoutMs: number },
  { key, signal, log }: StepRunDeps,
): Promise<UnitOutcome> {
  const { host } = shell;
  const blocked = await lookBeforeUnblock(shell, unblocking);
  if (blocked.length === 0) return { status: 'done', summary: `${host}: not blocked`, results: { unblocked: 0 } };
  const input = unblockScript(blocked.map(({ address }) => address));
  const options = { ...limits, maxBytes: 16 * 1024, input, signal, onOutput: log };
  const verdict = judgeOnce(host, await shell.once(key, ['nft', '-f', '-'], options));
  if (verdict.status !== 'done') return verdict;
  const now = await listBlocksAfter(shell);
  if (now === null) return { status: 'unknown', summary: `${host}: nft took it; whether it is so could not be seen` };
  const left = meant(now, unblocking).map(({ address }) => address.text);
  if (left.length > 0) return { status: 'failed', summary: `${host}: still blocked: ${left.join(', ')}` };
  const names = blocked.map(({ address }) => address.text).join(', ');
  return { status: 'done', summary: `${host}: unblocked ${names}`, results: { unblocked: blocked.length } };
}
