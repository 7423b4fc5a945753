import type { Shell } from '../../../hosts/shell.ts';
import { judgeOnce } from '../program-outcome.ts';
import type { StepRunDeps, UnitOutcome } from '../step.ts';
import { type Address, overlap } from './address.ts';
import { type Block, listBlocks, listBlocksAfter } from './list-blocks.ts';
import { lockOuts, whyNever } from './lock-out.ts';
import { findNeighbours } from './neighbours.ts';
import { blockScript, setOf } from './script.ts';

export interface Blocking {
  readonly addresses: readonly Address[];
  readonly seconds: number;
  readonly allowPrivate: boolean;
}

type Way = { readonly kind: 'lockout' | 'firewall'; readonly reason: string };

/** What stands against blocking on one host, and what of it is blocked there already. */
export interface BlockLook {
  readonly ways: readonly Way[];
  readonly blocked: readonly Block[];
}

/** Looks at a host's firewall and neighbours; changes nothing. A transient error when they cannot be told. */
export async function lookBeforeBlock(shell: Shell, { addresses, allowPrivate }: Blocking): Promise<BlockLook> {
  const [blocks, neighbours] = await Promise.all([listBlocks(shell), findNeighbours(shell)]);
  const ways = addresses.flatMap((address): Way[] => {
    const never = whyNever(address, allowPrivate);
    const reasons = never === null ? lockOuts(address, neighbours) : [never];
    return [
      ...reasons.map((reason): Way => ({ kind: 'lockout', reason: `${shell.host}: ${reason}` })),
      ...conflicts(address, blocks).map((other): Way => {
        return {
          kind: 'firewall',
          reason: `${shell.host}: ${address.text} overlaps ${other}, which is blocked already`,
        };
      }),
    ];
  });
  return { ways, blocked: blocks.filter(({ address }) => addresses.some(({ text }) => text === address.text)) };
}

/** Sets of networks hold none that overlap. */
function conflicts(address: Address, blocks: readonly Block[]): string[] {
  return blocks
    .map((block) => block.address)
    .filter((other) => other.text !== address.text && setOf(other) === setOf(address) && overlap(other, address))
    .map((other) => other.text);
}

/** Blocks on one host: looks again, blocks once, and looks whether it is so. */
export async function blockOn(
  shell: Shell,
  blocking: Blocking,
  limits: { readonly timeoutMs: number },
  { key, signal, log }: StepRunDeps,
): Promise<UnitOutcome> {
  const { host } = shell;
  const { ways, blocked } = await lookBeforeBlock(shell, blocking);
  if (ways.length > 0) {
    return { status: 'failed', summary: `${ways.map(({ reason }) => reason).join('; ')}; nothing was done` };
  }
  const input = blockScript(blocking.addresses, blocking.seconds, key);
  const options = { ...limits, maxBytes: 16 * 1024, input, signal, onOutput: log };
  const verdict = judgeOnce(host, await shell.once(key, ['nft', '-f', '-'], options));
  if (verdict.status !== 'done') return verdict;
  const now = await listBlocksAfter(shell);
  if (now === null) return { status: 'unknown', summary: `${host}: nft took it; whether it is so could not be seen` };
  const missing = blocking.addresses.filter(({ text }) => {
    return !now.some((block) => block.address.text === text && block.comment === key && block.leftSeconds !== null);
  });
  const names = (list: readonly Address[]) => list.map(({ text }) => text).join(', ');
  if (missing.length > 0) return { status: 'failed', summary: `${host}: not blocked after all: ${names(missing)}` };
  const fresh = blocking.addresses.filter(({ text }) => !blocked.some(({ address }) => address.text === text));
  const undo = {
    kind: 'firewall',
    body: { unblock: fresh.map(({ text }) => text), of: key },
    hosts: [host],
  };
  const summary = `${host}: blocked ${names(blocking.addresses)}`;
  const results = { blocked: blocking.addresses.length };
  return fresh.length === 0 ? { status: 'done', summary, results } : { status: 'done', summary, results, undo };
}
