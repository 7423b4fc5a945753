import type { PagedRow } from './paged.ts';

/** One row of `paged --json`: times ISO 8601 UTC, durations in seconds. */
export type PagedJson = {
  readonly cycle: number;
  readonly level: number;
  /** 0 the level itself, then its repeats. */
  readonly repeat: number;
  readonly people: readonly string[];
  readonly targets: readonly string[];
  readonly means: string;
  /** Why it goes beyond the levels of the policy; null: it does not. */
  readonly beyond: string | null;
  readonly askedAt: string | null;
  readonly lateSeconds: number;
  readonly outcome: string;
  readonly why: string | null;
  readonly sentAt: string | null;
  readonly reference: string | null;
  /** How many pages one message carried. */
  readonly folded: number;
  readonly deliveredAt: string | null;
  readonly answer: {
    readonly kind: string;
    readonly by: string;
    readonly at: string;
    readonly afterSeconds: number;
  } | null;
};

export function pagedJson({ round, askedAt, sentAt, deliveredAt, answer, ...row }: PagedRow): PagedJson {
  return {
    ...row,
    repeat: round,
    askedAt: iso(askedAt),
    sentAt: iso(sentAt),
    deliveredAt: iso(deliveredAt),
    answer: answer === null ? null : { ...answer, at: new Date(answer.at).toISOString() },
  };
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
