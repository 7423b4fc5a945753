import type { Address } from './address.ts';

/** An element of ours in a host's firewall. */
export interface Block {
  readonly address: Address;
  /** The key of the run that made it; null: it has none, so that nobody knows who did. */
  readonly comment: string | null;
  /** As it was set. */
  readonly seconds: number | null;
  /** Until it ends by itself; null: it does not. */
  readonly leftSeconds: number | null;
  /** Packets that it has dropped; null: it does not count. */
  readonly hits: number | null;
}
