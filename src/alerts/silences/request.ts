import type { Actor } from '../../core/command.ts';
import type { Severity } from '../../core/config/config.ts';
import type { SilenceMatcher } from '../alertmanager.ts';
import type { BlastRadius } from './blast.ts';

/** A silence that is asked for. */
export interface SilenceRequest {
  readonly matchers: readonly SilenceMatcher[];
  readonly seconds: number;
  readonly reason: string;
  /** The incident it is for, `GI-<n>`. */
  readonly incident?: string;
  /** Who asks; without it rights are not looked at. */
  readonly by?: Actor;
}

/** Why a silence is not made; `field` is where a form shows it. Holds foreign text: escape before showing. */
export interface SilenceRefusal {
  readonly field: 'matchers' | 'duration' | 'reason' | 'incident';
  readonly code: string;
  readonly text: string;
  readonly remedy: string;
}

/** Why a silence needs a second person. Holds foreign text: escape before showing. */
export interface SecondNeeded {
  readonly because: string;
  /** How it would not need one. */
  readonly remedy: string;
  /** What a yes is bound to: `P0 ApiDown`, `service redis`; sorted. */
  readonly shown: readonly string[];
}

/** What a silence would do, before it is asked for. */
export interface SilencePreview {
  /** What it mutes at this moment: the store's alerts and Alertmanager's. */
  readonly now: BlastRadius;
  /** What it would have muted since seven days ago, from the store. */
  readonly lastSevenDays: BlastRadius;
  /** The most urgent severity concerned; it limits the duration. */
  readonly severity: Severity;
  /** 0: nothing of this severity is silenced. */
  readonly longestSeconds: number;
  readonly refused?: SilenceRefusal;
  /** It would be asked for, and wait for a second person. */
  readonly second?: SecondNeeded;
  /** What is worth a look and refuses nothing, in words. Foreign text: escape before showing. */
  readonly warnings: readonly string[];
  /** The numbers above in words, a line each. Foreign text: escape before showing. */
  readonly lines: readonly string[];
}
