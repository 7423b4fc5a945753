import { parseDuration } from '../../../core/duration.ts';
import { type Address, readAddress } from './address.ts';

/** The own keys of a step `firewall`: block with for, or unblock. */
export interface FirewallBody {
  readonly block?: string | readonly string[] | undefined;
  readonly unblock?: string | readonly string[] | undefined;
  readonly for?: string | undefined;
  readonly allow_private: boolean;
  readonly of?: string | undefined;
}

/** What it blocks or unblocks, each once. */
export function addressesOf({ block, unblock }: FirewallBody): Address[] {
  const texts = [...new Set([block ?? unblock ?? []].flat())];
  return texts.flatMap((text) => {
    const read = readAddress(text);
    return read.kind === 'address' ? [read.address] : [];
  });
}

export function secondsOf(body: FirewallBody): number {
  return parseDuration(body.for ?? '') ?? 0;
}
