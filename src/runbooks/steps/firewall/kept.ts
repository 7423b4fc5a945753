import type { FirewallCommands } from '../../../core/config/config.ts';
import type { Shell } from '../../../hosts/shell.ts';
import { addressesOf, type FirewallBody } from './body.ts';
import { lookAtFirewall } from './look.ts';

/** A block that ends so much sooner than it should is renewed. */
const SLACK_SECONDS = 120;

/**
 * Whether what a step wants is so on a host: each address blocked, by whomever, until the end that is wanted or later.
 * A transient error when it cannot be told.
 */
export async function isKept(shell: Shell, body: FirewallBody, commands: FirewallCommands | null, now: number) {
  const { blocks, means } = await lookAtFirewall(shell, commands);
  const until = body.until === undefined ? now : Date.parse(body.until);
  const left = (until - now) / 1000 - SLACK_SECONDS;
  return addressesOf(body).every(({ text }) => {
    const block = blocks.find(({ address }) => address.text === text);
    if (body.block === undefined) return block === undefined;
    return block !== undefined && (means === 'command' || (block.leftSeconds ?? 0) >= left);
  });
}

/** What a block is still to keep once a later step blocked some of it anew, or unblocked it: the rest; null: nothing. */
export function lessenBlock(body: FirewallBody, later: FirewallBody): FirewallBody | null {
  const taken = new Set(addressesOf(later).map(({ text }) => text));
  const block = addressesOf(body).flatMap(({ text }) => (taken.has(text) ? [] : [text]));
  return body.block === undefined || block.length === 0 ? null : { ...body, block };
}
