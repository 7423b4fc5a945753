/** Aggregate kind of automatic remediation; the id is the rule's name. */
export const REMEDIATION = 'remediation';

/** Why a rule that matches does not run now. */
export const SKIPS = ['acknowledged', 'risk', 'running', 'cooldown', 'budget', 'frozen', 'precheck'] as const;
export type Skip = (typeof SKIPS)[number];

/** A run that a rule asked for and that was not judged yet. `run` is null until the engine has said its id. */
export interface RemediationRun {
  /** Counts the rule's runs from 1. */
  readonly n: number;
  readonly incident: string;
  readonly service: string | null;
  readonly runbook: string;
  readonly run: string | null;
  readonly askedAt: number;
}

/** What a rule has done. Bounded: an hour of runs, one time a service, the last skips. */
export interface RemediationState {
  readonly rule: string;
  readonly status: 'on' | 'off';
  /** Runs in a row that did not help. */
  readonly misses: number;
  /** Digest of the rule that switched itself off: another rule of this name is on again. */
  readonly offAs: string | null;
  /** How many runs it ever asked for. */
  readonly asked: number;
  /** When it asked, within an hour of its last event. */
  readonly recent: readonly number[];
  readonly open: readonly RemediationRun[];
  /** When its last run on a service was judged. */
  readonly last: ReadonlyArray<{ readonly service: string | null; readonly at: number }>;
  /** Skips that were said, `GI-1|precheck`, the newest last. */
  readonly said: readonly string[];
}

/** A rule that has done nothing. */
export function freshRule(rule: string): RemediationState {
  return { rule, status: 'on', misses: 0, offAs: null, asked: 0, recent: [], open: [], last: [], said: [] };
}

/** The mark of a skip that was said. */
export function skipMark(incident: string, why: Skip): string {
  return `${incident}|${why}`;
}
