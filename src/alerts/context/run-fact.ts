/** A run of a runbook, as far as context speaks of it. */
export interface RunFact {
  readonly id: string;
  readonly runbook: string;
  readonly service: string | null;
  readonly status: string;
  /** Only `fixed` is proof. */
  readonly verdict: string | null;
  readonly by: string;
  readonly requestedAt: number;
}

/** What context asks about runs, of the room that makes them. */
export interface RunFacts {
  /** Asked for at `since` or later, newest first. */
  since(since: number): Promise<readonly RunFact[]>;
  /** Those of one incident, oldest first. */
  of(incident: string): Promise<readonly RunFact[]>;
}
