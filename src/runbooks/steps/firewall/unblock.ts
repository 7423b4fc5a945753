import type { FirewallCommands } from '../../../core/config/config.ts';
import type { Shell } from '../../../hosts/shell.ts';
import type { StepRunDeps, UnitOutcome } from '../step.ts';
import type { Address } from './address.ts';
import { readAddress } from './address.ts';
import { runAll } from './block.ts';
import type { Block } from './block-element.ts';
import type { Restored } from './body.ts';
import { type Firewall, lookAfter, lookAtFirewall } from './look.ts';

export interface Unblocking {
  readonly addresses: readonly Address[];
  /** Only blocks with this comment; null: whoever made them. */
  readonly of: string | null;
  /** What was blocked before, and is again. */
  readonly restore: readonly Restored[];
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
  const restored = unblocking.restore.filter(({ block }) => blocked.some(({ address }) => address.text === block));
  const again: string[] = [];
  for (const each of restored) {
    const outcome = await restore(shell, each, unblocking, deps);
    if (outcome !== null && outcome.status !== 'done') return { ...outcome, summary: `${host}: ${outcome.summary}` };
    if (outcome !== null) again.push(each.block);
  }
  const gone = blocked.map(({ address }) => address.text).filter((text) => !again.includes(text));
  const said = [
    ...(gone.length === 0 ? [] : [`unblocked ${gone.join(', ')}`]),
    ...(again.length === 0 ? [] : [`blocked as before: ${again.join(', ')}`]),
  ];
  const done = { status: 'done', summary: `${host}: ${said.join('; ')}`, results: { unblocked: gone.length } } as const;
  if (gone.length === 0) return done;
  return { ...done, keep: { kind: 'firewall', body: { unblock: gone }, hosts: [host] } };
}

/** Null: its time is over. */
async function restore(shell: Shell, { block, until, as }: Restored, { commands }: Unblocking, deps: StepRunDeps) {
  const seconds = Math.round((Date.parse(until) - deps.clock.now()) / 1000);
  const read = readAddress(block);
  if (seconds < 1 || read.kind === 'wrong') return null;
  const programs = (await lookAtFirewall(shell, commands)).block([read.address], seconds, as);
  return runAll(shell, programs, { key: `${deps.key}.before.${block}`, timeoutMs: 10_000, fresh: false }, deps);
}
