import type { Config, FirewallCommands } from '../../../core/config/config.ts';
import type { Shell } from '../../../hosts/shell.ts';
import { judgeOnce } from '../program-outcome.ts';
import type { StepRunDeps, UnitOutcome } from '../step.ts';
import { type Address, overlap } from './address.ts';
import type { Block } from './block-element.ts';
import type { Restored } from './body.ts';
import { cutConnections } from './cut.ts';
import { lockOuts, whyNever } from './lock-out.ts';
import { type Firewall, type FirewallProgram, lookAfter, lookAtFirewall } from './look.ts';
import { findNeighbours, type Neighbour } from './neighbours.ts';
import { setOf } from './script.ts';
import { seenFrom, vantagesOf } from './vantage.ts';

/** For so long a block holds until a new connection has shown that the host still hears us; the host ends it itself. */
export const TRIAL_SECONDS = 30;

export interface Blocking {
  readonly addresses: readonly Address[];
  /** From now on. */
  readonly seconds: number;
  readonly allowPrivate: boolean;
  /** Under another key than the step's own; null: its own. */
  readonly as: string | null;
  readonly commands: FirewallCommands | null;
  /** Whom no host may lose, wherever it is. */
  readonly peers: readonly Neighbour[];
  readonly config: Pick<Config, 'hosts'>;
}

type Way = { readonly kind: 'lockout' | 'firewall'; readonly reason: string };

/** What stands against blocking on one host, and what of it is blocked there already. */
export interface BlockLook {
  readonly ways: readonly Way[];
  readonly blocked: readonly Block[];
  readonly firewall: Firewall;
}

/** Looks at a host's firewall and neighbours; changes nothing. A transient error when they cannot be told. */
export async function lookBeforeBlock(shell: Shell, blocking: Blocking): Promise<BlockLook> {
  const { addresses, allowPrivate, peers, commands } = blocking;
  const [firewall, neighbours] = await Promise.all([lookAtFirewall(shell, commands), findNeighbours(shell)]);
  const { blocks, means } = firewall;
  const ways = addresses.flatMap((address): Way[] => {
    const never = whyNever(address, allowPrivate);
    const reasons = never === null ? lockOuts(address, [...neighbours, ...peers]) : [never];
    const others = means === 'nft' ? conflicts(address, blocks) : [];
    return [
      ...reasons.map((reason): Way => ({ kind: 'lockout', reason: `${shell.host}: ${reason}` })),
      ...others.map((other): Way => {
        return {
          kind: 'firewall',
          reason: `${shell.host}: ${address.text} overlaps ${other}, which is blocked already`,
        };
      }),
    ];
  });
  const blocked = blocks.filter(({ address }) => addresses.some(({ text }) => text === address.text));
  return { ways, blocked, firewall };
}

/** Sets of networks hold none that overlap. */
function conflicts(address: Address, blocks: readonly Block[]): string[] {
  return blocks
    .map((block) => block.address)
    .filter((other) => other.text !== address.text && setOf(other) === setOf(address) && overlap(other, address))
    .map((other) => other.text);
}

/**
 * Blocks on one host: looks again, blocks on trial, and keeps it over a new connection once the host is still heard, by
 * us and from outside where somebody looks from there. What is not kept the host ends by itself within the trial.
 */
export async function blockOn(
  shell: Shell,
  blocking: Blocking,
  limits: { readonly timeoutMs: number },
  deps: StepRunDeps,
): Promise<UnitOutcome> {
  const { host } = shell;
  const { addresses } = blocking;
  const look = await lookBeforeBlock(shell, blocking);
  if (look.ways.length > 0) {
    return { status: 'failed', summary: `${look.ways.map(({ reason }) => reason).join('; ')}; nothing was done` };
  }
  const fresh = addresses.filter(({ text }) => !look.blocked.some(({ address }) => address.text === text));
  const vantages = vantagesOf(host, blocking.config);
  const outside = { config: blocking.config, shellOf: deps.shellOf };
  const before = await seenFrom(host, vantages, outside);
  const seconds = Math.min(TRIAL_SECONDS, blocking.seconds);
  const key = blocking.as ?? deps.key;
  if (fresh.length > 0) {
    const trial = look.firewall.block(fresh, seconds, key);
    const verdict = await runAll(shell, trial, { key: deps.key, fresh: false, ...limits }, deps);
    if (verdict.status !== 'done') return verdict;
  }
  const after = await seenFrom(host, before, outside);
  const lost = before.filter((name) => !after.includes(name));
  if (lost.length > 0) return rollBack(shell, blocking, fresh, `${lost.join(', ')} does not reach it any more`, deps);
  return keep(shell, blocking, { fresh, renewed: look.blocked, vantages: after, limits }, deps);
}

interface Trial {
  /** What was not blocked before. */
  readonly fresh: readonly Address[];
  /** What was, as it was. */
  readonly renewed: readonly Block[];
  /** Hosts from which it is still reached. */
  readonly vantages: readonly string[];
  readonly limits: { readonly timeoutMs: number };
}

async function keep(shell: Shell, blocking: Blocking, trial: Trial, deps: StepRunDeps): Promise<UnitOutcome> {
  const { host } = shell;
  const { addresses, commands } = blocking;
  const key = blocking.as ?? deps.key;
  const seen = await lookAfter(shell, commands);
  if (seen === null) return rollBack(shell, blocking, trial.fresh, 'its firewall cannot be seen any more', deps);
  const programs = seen.block(addresses, blocking.seconds, key);
  const verdict = await runAll(shell, programs, { key: `${deps.key}.keep`, fresh: true, ...trial.limits }, deps);
  if (verdict.status === 'failed') return rollBack(shell, blocking, trial.fresh, `not kept: ${verdict.summary}`, deps);
  const now = await lookAfter(shell, commands);
  if (now === null) return { status: 'unknown', summary: `${host}: it was taken; whether it is so could not be seen` };
  const missing = addresses.filter(({ text }) => {
    return !now.blocks.some((block) => block.address.text === text && block.comment === key && isEnding(block, now));
  });
  if (missing.length > 0) return { status: 'failed', summary: `${host}: not blocked after all: ${names(missing)}` };
  const cut = now.means === 'command' ? '' : await cutConnections(shell, addresses);
  const outside = trial.vantages.length === 0 ? '' : `; still reached from ${trial.vantages.join(', ')}`;
  return {
    status: 'done',
    summary: `${host}: blocked ${names(addresses)}${tellHits([seen, now], addresses)}${cut}${outside}`,
    results: { blocked: addresses.length },
    ...undoOf(host, trial, { key, addresses, now: deps.clock.now() }),
    keep: {
      kind: 'firewall',
      body: {
        block: addresses.map(({ text }) => text),
        until: '${until}',
        as: key,
        allow_private: blocking.allowPrivate,
      },
      hosts: [host],
    },
  };
}

/** A command of one's own need not say when it ends. */
function isEnding({ leftSeconds }: Block, { means }: Firewall): boolean {
  return means === 'command' || leftSeconds !== null;
}

/** Back to what was before: what was blocked then is blocked again, as long and under the key that it was. */
function undoOf(
  host: string,
  { renewed }: Trial,
  { key, addresses, now }: { readonly key: string; readonly addresses: readonly Address[]; readonly now: number },
): Pick<UnitOutcome, 'undo'> {
  const restore = renewed.flatMap(({ address, comment, leftSeconds }): Restored[] => {
    if (comment === null || comment === key || leftSeconds === null) return [];
    return [{ block: address.text, until: new Date(now + leftSeconds * 1000).toISOString(), as: comment }];
  });
  const body = { unblock: addresses.map(({ text }) => text), of: key };
  const undo = { kind: 'firewall', body: restore.length === 0 ? body : { ...body, restore }, hosts: [host] };
  return { undo };
}

/** Nothing of it is to stay: taken away where the host is still heard, ended by the host itself where it is not. */
async function rollBack(
  shell: Shell,
  { commands }: Blocking,
  fresh: readonly Address[],
  why: string,
  deps: StepRunDeps,
): Promise<UnitOutcome> {
  const limits = { timeoutMs: 10_000, key: `${deps.key}.back`, fresh: false };
  const seen = fresh.length === 0 ? null : await lookAfter(shell, commands);
  if (seen !== null) await runAll(shell, seen.unblock(fresh), limits, deps);
  const now = await lookAfter(shell, commands);
  const isGone = now !== null && !now.blocks.some(({ address }) => fresh.some(({ text }) => text === address.text));
  const end = isGone ? 'it was rolled back at once' : `the host itself ends it within ${TRIAL_SECONDS} s`;
  return { status: 'failed', summary: `${shell.host}: ${why}; ${end}` };
}

interface Limits {
  readonly key: string;
  readonly timeoutMs: number;
  /** Over a new connection. */
  readonly fresh: boolean;
}

/** Runs programs one after the other, each once; the first that is not done ends it. */
export async function runAll(
  shell: Shell,
  programs: readonly FirewallProgram[],
  { key, timeoutMs, fresh }: Limits,
  { signal, log }: Pick<StepRunDeps, 'signal' | 'log'>,
): Promise<Pick<UnitOutcome, 'status' | 'summary'>> {
  for (const [index, { argv, input }] of programs.entries()) {
    const options = { timeoutMs, maxBytes: 16 * 1024, input, signal, onOutput: log, fresh };
    const once = index === 0 ? key : `${key}.${index + 1}`;
    const verdict = judgeOnce(shell.host, await shell.once(once, argv, options));
    if (verdict.status !== 'done') return verdict;
  }
  return { status: 'done', summary: '' };
}

/** Some begin to count anew when they are kept. */
function tellHits(looks: readonly Firewall[], addresses: readonly Address[]): string {
  const hits = looks.map(({ blocks }) =>
    blocks
      .filter(({ address }) => addresses.some(({ text }) => text === address.text))
      .reduce((sum, block) => sum + (block.hits ?? 0), 0),
  );
  const most = Math.max(...hits);
  return most === 0 ? '' : ` (${most} packets dropped already)`;
}

function names(addresses: readonly Address[]): string {
  return addresses.map(({ text }) => text).join(', ');
}
