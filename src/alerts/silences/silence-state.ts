import type { Actor } from '../../core/command.ts';
import type { Severity } from '../../core/config/config.ts';

/** The aggregate's kind; its ids are `SIL-<n>`. */
export const SILENCE = 'silence';

/** requested → active → expired | lifted; requested → failed. */
export type SilenceStatus = 'requested' | 'active' | 'expired' | 'lifted' | 'failed';

/** What Alertmanager was asked to do with an active silence and has not answered yet. */
export type SilencePending =
  | { readonly kind: 'extend'; readonly endsAt: number; readonly by: Actor }
  | { readonly kind: 'lift'; readonly by: Actor };

/** The silence aggregate: what was asked for, and what is known of it in Alertmanager. Texts are payloads by digest. */
export interface SilenceState {
  readonly id: string;
  readonly status: SilenceStatus;
  readonly by: Actor;
  readonly incident: string | null;
  readonly service: string | null;
  /** The most urgent severity that it concerned when it was made. */
  readonly severity: Severity;
  /** Digest of the JSON of its matchers. */
  readonly matchers: string;
  /** Digest of why. */
  readonly reason: string;
  /** Digest of the name that Alertmanager shows as its author. */
  readonly author: string;
  readonly requestedAt: number;
  /** When Alertmanager took it. */
  readonly startsAt: number | null;
  readonly endsAt: number;
  /** The end that it was made with: by it, its own copy is known again in Alertmanager after a crash. */
  readonly firstEndsAt: number;
  /** Its id in Alertmanager. */
  readonly held: string | null;
  readonly pending: SilencePending | null;
  /** Digest of why the last thing asked for was not done; null: it was. */
  readonly why: string | null;
  /** Digest of what two people agreed to mute, as JSON, and the run that says so; absent: nothing of it needs them. */
  readonly agreed?: string;
  readonly run?: string;
  readonly liftedBy: Actor | null;
  readonly endedAt: number | null;
}

/** Whether it is in force at `now`, as far as the journal knows. */
export function isInForce({ status, endsAt }: SilenceState, now: number): boolean {
  return status === 'active' && endsAt > now;
}

/** Whether it will never mute anything again. */
export function isOver({ status }: SilenceState): boolean {
  return status === 'expired' || status === 'lifted' || status === 'failed';
}
