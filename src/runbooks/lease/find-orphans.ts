/** What a host carries of ours: a firewall comment, a marker file, named `RUN-3-block` or `RUN-3-block-web-1`. */
export interface HostMark {
  readonly mark: string;
  /** Epoch ms; null: the host does not say. */
  readonly since: number | null;
}

/** What the journal knows of a run, as far as marks are concerned. */
export interface MarkingRun {
  /** Not over, or interrupted and not decided yet: it may have set marks that nothing else knows of. */
  readonly isOpen: boolean;
  /** Steps whose change stands for good: done, held by no lease, not undone. */
  readonly kept: readonly string[];
}

export interface KnownMarks {
  /** Leases that are not over. */
  readonly leases: ReadonlyArray<{ readonly run: string; readonly step: string }>;
  /** By `RUN-<n>`; one that is missing is not in the journal. */
  readonly runs: ReadonlyMap<string, MarkingRun>;
}

/** A mark of ours that nothing in the journal accounts for. */
export interface Orphan extends HostMark {
  readonly host: string;
  /** `RUN-<n>` by the mark. */
  readonly run: string;
  /** Why nothing accounts for it. */
  readonly why: 'run-unknown' | 'not-held';
}

const MARK = /^(RUN-\d{1,15})-([A-Za-z0-9][\w.-]{0,150})$/;

/** The run that set a mark, by its name; null: it is not ours. */
export function runOfMark(mark: string): string | null {
  return MARK.exec(mark)?.[1] ?? null;
}

/** Marks on a host that are ours and that no lease, no open run and no change for good accounts for; others' are left out. */
export function findOrphans(host: string, marks: readonly HostMark[], known: KnownMarks): Orphan[] {
  return marks.flatMap(({ mark, since }) => {
    const [, run, rest] = MARK.exec(mark) ?? [];
    if (run === undefined || rest === undefined) return [];
    const maker = known.runs.get(run);
    if (maker?.isOpen === true) return [];
    const steps = [
      ...(maker?.kept ?? []),
      ...known.leases.filter((lease) => lease.run === run).map(({ step }) => step),
    ];
    if (steps.some((step) => rest === step || rest.startsWith(`${step}-`))) return [];
    return [{ host, mark, since, run, why: maker === undefined ? ('run-unknown' as const) : ('not-held' as const) }];
  });
}
