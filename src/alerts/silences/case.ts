import type { Severity } from '../../core/config/config.ts';
import type { Routed } from '../routing.ts';
import type { MutedAlert } from './blast.ts';
import type { SilenceRequest } from './request.ts';

/** What a silence is judged by. */
export interface Case {
  readonly request: SilenceRequest;
  /** The incident it is for. */
  readonly incident: { readonly id: string; readonly severity: Severity; readonly service: string | null } | null;
  /** What it mutes now. */
  readonly now: readonly MutedAlert[];
  /** What it would have muted in the last seven days. */
  readonly week: readonly MutedAlert[];
  /** Open incidents of severity P0. */
  readonly openP0: ReadonlySet<string>;
  /** Where an alert goes that has nothing but the labels of the matchers. */
  readonly routed: Routed;
  /** Longest silence by severity, in seconds. */
  readonly longest: Readonly<Record<Exclude<Severity, 'P0'>, number>>;
  /** Name of the alert that proves that alerts arrive. */
  readonly watchdog: string;
}
