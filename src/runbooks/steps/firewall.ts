import * as z from 'zod';
import type { FirewallCommands } from '../../core/config/config.ts';
import { formatDuration, parseDuration } from '../../core/duration.ts';
import { OpsError } from '../../core/errors.ts';
import type { Shell } from '../../hosts/shell.ts';
import { spanField, textField } from './fields.ts';
import { readAddress } from './firewall/address.ts';
import { type Blocking, blockOn, lookBeforeBlock, TRIAL_SECONDS } from './firewall/block.ts';
import type { Block } from './firewall/block-element.ts';
import { addressesOf, type FirewallBody, secondsOf, textsIn } from './firewall/body.ts';
import { isKept, lessenBlock } from './firewall/kept.ts';
import { whyGrave } from './firewall/lock-out.ts';
import type { Firewall } from './firewall/look.ts';
import { findPeers, type Peers } from './firewall/peers.ts';
import { sayCall } from './firewall/say-call.ts';
import { COMMENT } from './firewall/script.ts';
import { lookBeforeUnblock, type Unblocking, unblockOn } from './firewall/unblock.ts';
import { blockedStep, findShells, hostChanges, hostTarget } from './on-hosts.ts';
import { orRefused } from './or-refused.ts';
import type { PreparedStep, PreparedUnit, StepInput, StepKind, StepPlanDeps } from './step.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
const MOST_ADDRESSES = 100;

const address = textField.superRefine((text, context) => {
  for (const each of textsIn(text)) {
    const read = readAddress(each);
    if (read.kind === 'wrong') context.addIssue({ code: 'custom', message: `${each} ${read.why}` });
  }
});

const key = textField.refine((text) => COMMENT.test(text), 'must be a key of a run');

/** Blocks addresses for a time, or unblocks them, on each host; refuses what would lock a host, or us, out. */
export const firewallStep: StepKind<FirewallBody> = {
  kind: 'firewall',
  says: 'Blocks addresses on hosts for a time, or unblocks them (nftables, iptables, or a command of your own).',
  body: (value) => {
    const addresses = value(z.union([value(address), z.array(value(address)).min(1).max(MOST_ADDRESSES)]));
    return z
      .strictObject({
        block: addresses.optional().describe('Address or network, or a list: traffic from there is dropped.'),
        unblock: addresses.optional().describe('Address or network, or a list: its block is taken away.'),
        for: value(spanField).optional().describe('For how long it is blocked; then the host itself ends it.'),
        until: value(z.iso.datetime()).optional().describe('Until when it is blocked, in place of for.'),
        allow_private: value(z.union([z.boolean(), z.enum(['yes', 'no'])]))
          .default(false)
          .describe('Whether private addresses may be blocked; that needs a second person.'),
        restore: z
          .array(
            z.strictObject({
              block: address.describe('What was blocked.'),
              until: z.iso.datetime().describe('Until when.'),
              as: key.describe('Under which key.'),
            }),
          )
          .optional()
          .describe('With unblock: what was blocked before, and until when; an undo has it.'),
        of: value(textField).optional().describe('Unblocks only what was blocked under this key; an undo has it.'),
        as: value(key)
          .optional()
          .describe('Blocks under this key in place of the step’s own; what keeps a block has it.'),
      })
      .refine((body) => (body.block === undefined) !== (body.unblock === undefined), 'has either block or unblock')
      .refine(
        ({ block, for: span, until }) =>
          [span, until].filter((each) => each !== undefined).length === Number(block !== undefined),
        'has "for" (or "until") with block, and only then',
      )
      .refine((body) => body.block === undefined || body.of === undefined, 'has "of" with unblock only');
  },
  needsHosts: true,
  mutates: () => true,
  isIdempotent: () => true,
  results: ['blocked', 'unblocked'],
  isSo: (body, host, { config, shellOf, now }) => isKept(shellOf(host), body, commandsOf(host, config), now),
  lessen: lessenBlock,
  plan,
};

async function plan(body: FirewallBody, input: StepInput, deps: StepPlanDeps): Promise<PreparedStep> {
  const planned = { id: input.id, kind: 'firewall', target: input.hosts.join(', '), mutates: true };
  const found = findShells(input.hosts, deps.shellOf);
  if (found.kind === 'blocked') return blockedStep(planned, found.blockedBy);
  const isBlock = body.block !== undefined;
  const peers = isBlock ? await findPeers(deps.config, deps.doors.peers()) : { neighbours: [], unresolved: [] };
  const around = { body, peers, config: deps.config };
  const looks = await Promise.all(found.shells.map((shell) => look(shell, around)));
  const timeoutMs = input.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const grave = isBlock ? addressesOf(body).flatMap((each) => whyGrave(each, mayBePrivate(body)) ?? []) : [];
  return {
    planned: {
      ...planned,
      call: sayCall(body, { key: `<run>-${input.id}`, firewalls: looks.flatMap(({ firewall }) => firewall ?? []) }),
      effect: [sayEffect(body), ...looks.flatMap(({ said }) => said), ...sayUnresolved(peers)].join('; '),
      undo: isBlock ? 'what was not blocked before is unblocked; what was is blocked as before' : null,
    },
    targets: input.hosts.map((host) => hostTarget(host)),
    facts: input.hosts.map((host, index) => ({ host, blocked: looks[index]?.said.join('; ') ?? '' })),
    changes: hostChanges(input.hosts),
    probes: [],
    blockedBy: looks.flatMap(({ ways }) => ways),
    ...(grave.length === 0 ? {} : { raises: { risk: 'R3', because: grave.join(', ') } }),
    units: input.hosts.map((host) => unitOf(host, around, timeoutMs)),
  };
}

interface Around {
  readonly body: FirewallBody;
  readonly peers: Peers;
  readonly config: StepPlanDeps['config'];
}

function unitOf(host: string, around: Around, timeoutMs: number): PreparedUnit {
  const { body } = around;
  return {
    name: host,
    run: orRefused((deps) => {
      const shell = deps.shellOf(host);
      if (body.block === undefined) return unblockOn(shell, unblockingOf(host, around), { timeoutMs }, deps);
      return blockOn(shell, blockingOf(host, around, deps.clock.now()), { timeoutMs }, deps);
    }),
  };
}

interface Look {
  readonly ways: PreparedStep['blockedBy'];
  /** What is so now; nothing that moves with time, for an approval is bound to it. */
  readonly said: readonly string[];
  readonly firewall: Firewall | null;
}

async function look(shell: Shell, around: Around): Promise<Look> {
  try {
    if (around.body.block === undefined) {
      const { blocked, firewall } = await lookBeforeUnblock(shell, unblockingOf(shell.host, around));
      const said = [`${shell.host}: ${blocked.length === 0 ? 'nothing of it is' : listOf(blocked)} blocked now`];
      return { ways: [], said, firewall };
    }
    const { ways, blocked, firewall } = await lookBeforeBlock(shell, blockingOf(shell.host, around, 0));
    const said = blocked.length === 0 ? [] : [`${shell.host}: ${listOf(blocked)} blocked already, and renewed`];
    return { ways, said, firewall };
  } catch (error) {
    if (!(error instanceof OpsError) || error.family === 'bug') throw error;
    return { ways: [{ kind: 'host', reason: `${error.message} ${error.remedy}` }], said: [], firewall: null };
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

function sayEffect(body: FirewallBody): string {
  const names = addressesOf(body)
    .map(({ text }) => text)
    .join(', ');
  if (body.block === undefined) return `traffic from ${names} passes again`;
  const span =
    body.until === undefined ? `for ${formatDuration(parseDuration(body.for ?? '') ?? 0)}` : `until ${body.until}`;
  const trial = `at first for ${TRIAL_SECONDS} s, and kept once a new connection to the host has come through`;
  return `traffic from ${names} is dropped ${span} (${trial})`;
}

function sayUnresolved({ unresolved }: Peers): string[] {
  if (unresolved.length === 0) return [];
  return [`not compared with ${unresolved.join(', ')}, whose addresses cannot be found out now`];
}

function mayBePrivate({ allow_private: allowed }: FirewallBody): boolean {
  return allowed === true || allowed === 'yes';
}

function commandsOf(host: string, { hosts }: StepPlanDeps['config']): FirewallCommands | null {
  const found = hosts[host];
  return found === undefined || found.connect === 'docker' ? null : (found.firewall ?? null);
}

function blockingOf(host: string, { body, peers, config }: Around, now: number): Blocking {
  return {
    addresses: addressesOf(body),
    seconds: secondsOf(body, now),
    allowPrivate: mayBePrivate(body),
    as: body.as ?? null,
    commands: commandsOf(host, config),
    peers: peers.neighbours,
    config,
  };
}

function unblockingOf(host: string, { body, config }: Around): Unblocking {
  const { of = null, restore = [] } = body;
  return { addresses: addressesOf(body), of, restore, commands: commandsOf(host, config) };
}
