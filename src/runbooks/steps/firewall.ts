import * as z from 'zod';
import { formatDuration } from '../../core/duration.ts';
import { OpsError } from '../../core/errors.ts';
import type { Shell } from '../../hosts/shell.ts';
import { spanField, textField } from './fields.ts';
import { readAddress } from './firewall/address.ts';
import { blockOn, lookBeforeBlock } from './firewall/block.ts';
import { addressesOf, type FirewallBody, secondsOf } from './firewall/body.ts';
import type { Block } from './firewall/list-blocks.ts';
import { blockScript, unblockScript } from './firewall/script.ts';
import { lookBeforeUnblock, unblockOn } from './firewall/unblock.ts';
import { blockedStep, findShells, hostChanges, hostTarget } from './on-hosts.ts';
import { orRefused } from './or-refused.ts';
import type { PreparedStep, StepInput, StepKind, StepPlanDeps, StepRunDeps, UnitOutcome } from './step.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
const MOST_ADDRESSES = 100;

const address = textField.superRefine((text, context) => {
  const read = readAddress(text);
  if (read.kind === 'wrong') context.addIssue({ code: 'custom', message: read.why });
});

/** Blocks addresses for a time, or unblocks them, in a table of ours on each host; refuses what would lock a host out. */
export const firewallStep: StepKind<FirewallBody> = {
  kind: 'firewall',
  says: 'Blocks addresses on hosts for a time, or unblocks them (nftables).',
  body: (value) => {
    const addresses = z.union([value(address), z.array(value(address)).min(1).max(MOST_ADDRESSES)]);
    return z
      .strictObject({
        block: addresses.optional().describe('Address or network, or a list: traffic from there is dropped.'),
        unblock: addresses.optional().describe('Address or network, or a list: its block is taken away.'),
        for: value(spanField).optional().describe('For how long it is blocked; then the host itself ends it.'),
        allow_private: z.boolean().default(false).describe('Whether private addresses may be blocked.'),
        of: value(textField).optional().describe('Unblocks only what was blocked under this key; an undo has it.'),
      })
      .refine((body) => (body.block === undefined) !== (body.unblock === undefined), 'has either block or unblock')
      .refine((body) => (body.block === undefined) === (body.for === undefined), 'has "for" with block, and only then')
      .refine((body) => body.block === undefined || body.of === undefined, 'has "of" with unblock only');
  },
  needsHosts: true,
  mutates: () => true,
  isIdempotent: () => true,
  results: ['blocked', 'unblocked'],
  plan,
};

async function plan(body: FirewallBody, input: StepInput, { shellOf }: StepPlanDeps): Promise<PreparedStep> {
  const planned = { id: input.id, kind: 'firewall', target: input.hosts.join(', '), mutates: true };
  const found = findShells(input.hosts, shellOf);
  if (found.kind === 'blocked') return blockedStep(planned, found.blockedBy);
  const looks = await Promise.all(found.shells.map((shell) => look(shell, body)));
  const limits = { timeoutMs: input.timeoutMs ?? DEFAULT_TIMEOUT_MS };
  const states = looks.flatMap(({ said }) => said);
  return {
    planned: {
      ...planned,
      call: `nft -f -\n${scriptOf(body, `<run>-${input.id}`)}`,
      effect: [sayEffect(body), ...states].join('; '),
      undo: body.block === undefined ? null : 'what was not blocked before is unblocked',
    },
    targets: input.hosts.map((host) => hostTarget(host)),
    facts: input.hosts.map((host, index) => ({ host, blocked: looks[index]?.said.join('; ') ?? '' })),
    changes: hostChanges(input.hosts),
    probes: [],
    blockedBy: looks.flatMap(({ ways }) => ways),
    units: input.hosts.map((host) => ({
      name: host,
      run: orRefused((deps) => carryOut(deps.shellOf(host), body, limits, deps)),
    })),
  };
}

interface Look {
  readonly ways: PreparedStep['blockedBy'];
  /** What is so now; nothing that moves with time, for an approval is bound to it. */
  readonly said: readonly string[];
}

async function look(shell: Shell, body: FirewallBody): Promise<Look> {
  try {
    if (body.block === undefined) {
      const blocked = await lookBeforeUnblock(shell, unblockingOf(body));
      return {
        ways: [],
        said: [`${shell.host}: ${blocked.length === 0 ? 'nothing of it is' : listOf(blocked)} blocked now`],
      };
    }
    const { ways, blocked } = await lookBeforeBlock(shell, blockingOf(body));
    return {
      ways,
      said: blocked.length === 0 ? [] : [`${shell.host}: ${listOf(blocked)} blocked already, and renewed`],
    };
  } catch (error) {
    if (!(error instanceof OpsError) || error.family === 'bug') throw error;
    return { ways: [{ kind: 'host', reason: `${error.message} ${error.remedy}` }], said: [] };
  }
}

function listOf(blocks: readonly Block[]): string {
  return blocks
    .map(({ address: { text }, comment, seconds }) => {
      const span = seconds === null ? 'without an end' : `for ${formatDuration(seconds)}`;
      return `${text} (${comment ?? 'nobody knows by whom'}, ${span})`;
    })
    .join(', ');
}

function carryOut(
  shell: Shell,
  body: FirewallBody,
  limits: { timeoutMs: number },
  deps: StepRunDeps,
): Promise<UnitOutcome> {
  if (body.block === undefined) return unblockOn(shell, unblockingOf(body), limits, deps);
  return blockOn(shell, blockingOf(body), limits, deps);
}

function scriptOf(body: FirewallBody, comment: string): string {
  const addresses = addressesOf(body);
  return body.block === undefined ? unblockScript(addresses) : blockScript(addresses, secondsOf(body), comment);
}

function sayEffect(body: FirewallBody): string {
  const names = addressesOf(body)
    .map(({ text }) => text)
    .join(', ');
  if (body.block === undefined) return `traffic from ${names} passes again`;
  return `traffic from ${names} is dropped for ${formatDuration(secondsOf(body))}`;
}

function blockingOf(body: FirewallBody) {
  return { addresses: addressesOf(body), seconds: secondsOf(body), allowPrivate: body.allow_private };
}

function unblockingOf(body: FirewallBody) {
  return { addresses: addressesOf(body), of: body.of ?? null };
}
