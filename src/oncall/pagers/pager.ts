import type { Means } from '../../core/config/config.ts';
import type { PageWords } from './words.ts';

/** Means that this room sends by itself; `dm` and `thread` go out by the Slack edge. */
export type OtherMeans = Exclude<Means, 'dm' | 'thread'>;

/** Where a page goes: taken from the configuration at the moment of sending. */
export type PageAddress =
  | { readonly kind: 'email' | 'phone'; readonly value: string }
  | { readonly kind: 'webhook'; readonly url: string; readonly secret: string | null }
  | { readonly kind: 'pagerduty' };

/** One page on its way out. */
export interface OutgoingPage {
  /** The key of its effect: the same page has the same key, however often it is tried. */
  readonly key: string;
  /** Key of oncall.people; null for an address that is none. */
  readonly person: string | null;
  readonly address: PageAddress;
  readonly words: PageWords;
  /** When it was asked for, epoch milliseconds: nothing of it can be older. */
  readonly askedAt: number;
  /** An earlier try may have been taken although no answer came: look before sending again. */
  readonly mayBeThere: boolean;
}

/** How one try ended. */
export type SendResult =
  /** Taken. `reference` names it at the vendor's; `isFinal`: there is nothing more to be known about its delivery. */
  | { readonly kind: 'sent'; readonly reference: string | null; readonly isFinal: boolean }
  /** It will never be taken: a bad address, a refused account. `error` is a code, never a secret or an address. */
  | { readonly kind: 'refused'; readonly error: string }
  /** Not taken this time, or nobody knows. */
  | { readonly kind: 'later'; readonly error: string; readonly mayBeThere: boolean };

/** What a vendor says about a page that it took. */
export type DeliveryState =
  | { readonly kind: 'pending' }
  | { readonly kind: 'delivered'; readonly detail: string }
  | { readonly kind: 'undelivered'; readonly detail: string };

/** One way of reaching a person. */
export interface Pager {
  readonly means: OtherMeans;
  /** How many pages are on their way at the same moment. */
  readonly concurrency: number;
  /** Tries once; never throws for what the other side does. */
  send(page: OutgoingPage): Promise<SendResult>;
  /** Asks what became of it; absent where the vendor does not tell. Throws when it cannot be asked now. */
  deliveryOf?(reference: string): Promise<DeliveryState>;
}

export type Pagers = ReadonlyMap<OtherMeans, Pager>;
