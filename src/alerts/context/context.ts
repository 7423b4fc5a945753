import type { Comparison } from './promql.ts';

/**
 * What was gathered about an incident by itself (payload of `incident.context`). Every text in it is foreign and
 * already free of secrets: escape before showing. Times are epoch milliseconds.
 */
export interface IncidentContext {
  /** When it was gathered. */
  readonly at: number;
  readonly parts: readonly ContextPart[];
  /** Sources that did not answer, a line each. */
  readonly missing: readonly MissingSource[];
  /** Sources that are still being waited for. */
  readonly pending: readonly string[];
}

export interface MissingSource {
  /** What it would have been: `chart`. */
  readonly title: string;
  readonly reason: string;
}

/** What one source found. */
export type ContextPart = ChartPart | LogsPart | ChangesPart | SimilarPart | RunbooksPart;

/** The values of the alert's own expression around its firing. */
export interface ChartPart {
  readonly kind: 'chart';
  readonly alertname: string;
  /** What is drawn, as PromQL. */
  readonly expression: string;
  readonly limits: ReadonlyArray<{ readonly operator: Comparison; readonly value: number }>;
  readonly unit: ChartUnit;
  /** Time of the first value, and between two. */
  readonly from: number;
  readonly stepSeconds: number;
  readonly firedAt: number;
  /** Set once it has recovered: the last value is that of this time. */
  readonly overAt: number | null;
  /** Those of the firing alerts first, then the worst. */
  readonly series: readonly ChartSeries[];
  /** Series that are not drawn. */
  readonly hidden: number;
}

export type ChartUnit = 'bytes' | 'bytes/s' | 'seconds' | 'percent' | '/s' | null;

export interface ChartSeries {
  /** Labels that tell it from the others. */
  readonly labels: Readonly<Record<string, string>>;
  /** Its labels are those of a firing alert. */
  readonly fires: boolean;
  /** One a step; null: there was none. */
  readonly values: ReadonlyArray<number | null>;
  readonly atFiring: number | null;
  /** The value farthest over the limit since it fired (without a limit: the highest). */
  readonly peak: number | null;
  readonly last: number | null;
}

/** The last lines that a service wrote, redacted. */
export interface LogsPart {
  readonly kind: 'logs';
  /** Who wrote them: `gianna_1`. */
  readonly from: string;
  /** Oldest first. */
  readonly lines: readonly string[];
  /** There were more lines, or longer ones. */
  readonly isCut: boolean;
}

/** What was changed before it fired, newest first. */
export interface ChangesPart {
  readonly kind: 'changes';
  readonly firedAt: number;
  readonly changes: readonly RecentChange[];
  readonly hidden: number;
}

export interface RecentChange {
  readonly at: number;
  /** Without time and author: `deployed gianna v1.42`. */
  readonly text: string;
  readonly by: string | null;
  readonly url: string | null;
}

/** Incidents of the past that look the same, and what ended them. */
export interface SimilarPart {
  readonly kind: 'similar';
  /** Same alert and service, or the same alert only. */
  readonly likeness: 'alert-and-service' | 'alert';
  readonly count: number;
  /** There may be more than were looked through. */
  readonly isAtLeast: boolean;
  readonly days: number;
  /** How long they took from opening to resolution, in seconds; null: none is over. */
  readonly medianSeconds: number | null;
  /** Newest first. */
  readonly latest: readonly SimilarIncident[];
}

export interface SimilarIncident {
  readonly id: string;
  readonly openedAt: number;
  readonly seconds: number | null;
  readonly resolvedBy: string | null;
  /** Runs that proved to have fixed it: `restart (RUN-3)`. */
  readonly fixedBy: readonly string[];
  /** What people wrote. */
  readonly notes: readonly string[];
}

/** Where to read on, and what can be run. */
export interface RunbooksPart {
  readonly kind: 'runbooks';
  readonly url: string | null;
  readonly fitting: ReadonlyArray<{ readonly name: string; readonly summary: string; readonly risk: string }>;
}
