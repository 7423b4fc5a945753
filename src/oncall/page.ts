import { MEANS, type Means, type Severity } from '../core/config/config.ts';

/** The kind of effect that carries a page: Slack's own, and one for each other means, so that each has its own sender. */
export function pageKindOf(means: Means): string {
  return isBySlack(means) ? 'page' : `page.${means}`;
}

/** Every kind of effect that is a page. */
export const PAGE_KINDS: readonly string[] = [...new Set(MEANS.map(pageKindOf))];

/** What an acknowledgement's clock does in turn: asks the owner, pages the owner, pages the next level. */
export const ACK_STEPS = ['ask', 'owner', 'level'] as const;
export type AckStep = (typeof ACK_STEPS)[number];

/** Why somebody is paged beside the policy's own steps: the ack's clock struck, or a person asked for it. */
export type BeyondReason = AckStep | 'pass-on' | 'help' | 'responder' | 'escalate';

/** A page beside the policy's own steps. */
export type Beyond = {
  readonly why: BeyondReason;
  /** Counts them within the cycle, from 1. */
  readonly number: number;
  /** Who asked for it; null: the clock. */
  readonly by: string | null;
  /** Digest of what they wrote. */
  readonly message: string | null;
  /** How long the clock waits after "yes", for the words of its button. */
  readonly seconds: number | null;
};

/** Means that Slack carries. */
export function isBySlack(means: Means): boolean {
  return means === 'dm' || means === 'thread';
}

/**
 * A page that is asked for: the `data` of an effect of one of `PAGE_KINDS`. Its key is
 * `page|<incident>|<cycle>|<level>|<round>|<target>|<means>` (beside the policy `<why>|<number>` in place of level and
 * round); asked once for ever. `thread` is one effect a level and
 * names everybody of the level; every other means is one a person, or one an address that is no person's.
 */
export type PageRequest = {
  readonly incident: string;
  readonly severity: Severity;
  /** Number of the policy start (1; +1 at each raise or firing again after it was over). */
  readonly cycle: number;
  /** 1-based level of the policy. */
  readonly level: number;
  /** 0 the level itself, then 1… its repeats. */
  readonly round: number;
  readonly means: Means;
  /** Keys of `oncall.people`; empty for a channel or an address. An owner who is none of them: `slack:U01`. */
  readonly people: readonly string[];
  /** `channel:ops`, `contact:ops` … as written, for targets that are no person. */
  readonly targets: readonly string[];
  /** When it fell due; later than that it says it is late. */
  readonly dueAt: number;
  /** Next page of this incident, to be shown ("Next: …"). */
  readonly next: {
    readonly at: number;
    readonly people: readonly string[];
    readonly targets: readonly string[];
  } | null;
  /** Slack does not take pages, or not to them: what arrives says how to act without it. */
  readonly withoutSlack?: true;
  /** No page of the policy: an admin is told by another means that Slack does not take pages. */
  readonly notice?: 'slack-silent';
  /** Absent: a step of the policy. */
  readonly beyond?: Beyond;
  /** Of a drill: it shares no message with another page, and none waits behind it. */
  readonly drill?: true;
};

/** Why a page of a drill on paper is dropped. */
export const PAPER = 'paper';

/** How a page ended: the `result` of its effect, and the data of the event `page.<outcome>`. */
export type PageResult = {
  /** `superseded`: not sent, because a newer page to the same place was wanted too. */
  readonly outcome: 'sent' | 'failed' | 'unknown' | 'superseded';
  /** Slack's error code, or what went wrong, never a secret. */
  readonly error: string | null;
  /** Where it can be found: `C123/1700000000.000100`. */
  readonly reference: string | null;
  readonly lateSeconds: number;
  /** It arrived while the person was in Do Not Disturb. */
  readonly doNotDisturb?: true;
  /** How many incidents the message names, when it carried more than this page. */
  readonly folded?: number;
  /** Those incidents, by a means that is no message of Slack's: one acknowledgement by its link takes them all. */
  readonly names?: readonly string[];
};

/** What a vendor says became of a page that it took: the data of the event `page.<outcome>`. */
export type PageDelivery = {
  readonly outcome: 'delivered' | 'undelivered';
  /** The vendor's word: `delivered`, `completed`, `busy`, `no-answer` … */
  readonly detail: string;
};

/** Escalation as the edges show it. */
export interface EscalationView {
  /** 1-based level reached; 0 before the first. */
  readonly level: number;
  readonly nextAt: number | null;
  /** Who was paged last; null before the first page. */
  readonly paged: { readonly people: readonly string[]; readonly targets: readonly string[] } | null;
  /** Who the next level would reach, keys of people and targets as written. */
  readonly next: { readonly people: readonly string[]; readonly targets: readonly string[] } | null;
  /** By when somebody has to own it (respond_within); null once acknowledged. */
  readonly respondBy: number | null;
  /** The acknowledgement's clock; null: none runs. */
  readonly ack: AckView | null;
}

/** An acknowledgement's clock as the edges show it. */
export interface AckView {
  readonly next: { readonly step: AckStep; readonly at: number };
  /** When the owner was asked; null: not yet, or somebody has shown up since. */
  readonly askedAt: number | null;
  /** Pages of the clock with a higher number still wait for an answer. */
  readonly answeredUpTo: number;
}
