import type { FirewallCommands } from '../../../core/config/config.ts';
import type { Shell } from '../../../hosts/shell.ts';
import type { StepRunDeps, UnitOutcome } from '../step.ts';
import type { Address } from './address.ts';
import { runAll } from './block.ts';
import type { Block } from './block-element.ts';
import { type Firewall, lookAfter, lookAtFirewall } from './look.ts';

export interface Unblocking {
  readonly addresses: readonly Address[];
  /** Only blocks with this comment; null: whoever made them. */
  readonly of: string | null;
  readonly commands: FirewallCommands | null;
}

/** What of it is blocked on a host now. */
export async function lookBeforeUnblock(
  shell: Shell,
  unblocking: Unblocking,
): Promise<{ readonly blocked: readonly Block[]; readonly firewall: Firewall }> {
  const firewall = await lookAtFirewall(shell, unblocking.commands);
  return { blocked: meant(firewall.blocks, unblocking), firewall };
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
  deps: StepRunDeps,
): Promise<UnitOutcome> {
  const { host } = shell;
  const { blocked, firewall } = await lookBeforeUnblock(shell, unblocking);
  if (blocked.length === 0) return { status: 'done', summary: `${host}: not blocked`, results: { unblocked: 0 } };
  const programs = firewall.unblock(blocked.map(({ address }) => address));
  const verdict = await runAll(shell, programs, { key: deps.key, fresh: false, ...limits }, deps);
  if (verdict.status !== 'done') return verdict;
  const now = await lookAfter(shell, unblocking.commands);
  if (now === null) return { status: 'unknown', summary: `${host}: it was taken; whether it is so could not be seen` };
  const left = meant(now.blocks, unblocking).map(({ address }) => address.text);
  if (left.length > 0) return { status: 'failed', summary: `${host}: still blocked: ${left.join(', ')}` };
  const names = blocked.map(({ address }) => address.text).join(', ');
  return { status: 'done', summary: `${host}: unblocked ${names}`, results: { unblocked: blocked.length } };
}
