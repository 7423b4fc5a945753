import type { Severity } from '../../core/config/config.ts';
import { keyOf, type Mark, type MessageKind } from './keys.ts';

export type Doubt = 'none' | 'before-start' | 'unanswered';

/** One message that may differ from what is true. */
export interface Job {
  readonly key: string;
  readonly kind: MessageKind;
  readonly id: string;
  lane: number;
  severity: Severity;
  /** Within its severity: what nobody has been told of goes first. */
  rank: 0 | 1;
  /** Monotonic time at which it became different. */
  since: number;
  /** Monotonic time before which it is not taken up. */
  notBefore: number;
  /** Monotonic time of the last mark. */
  markedAt: number;
  /** Marked only by events that are older than this process. */
  isBacklog: boolean;
  /** Counts the marks: a job marked while it is in hand stays. */
  marks: number;
  tries: number;
  /** A post of it may be there already, made by a process that died or never answered: look before posting. */
  doubt: Doubt;
  /** The shape that Slack takes. */
  shape: 'blocks' | 'sections' | 'text';
  /** Counts the jobs: of equals the first goes first. */
  readonly number: number;
  /** Counts its places in the queue: only the last one holds. */
  stamp: number;
}

export interface MarkOptions {
  readonly now: number;
  readonly notBefore: number;
  readonly doubt: Doubt;
  readonly isBacklog: boolean;
  readonly severity: Severity;
}

export interface Jobs {
  /** `isMoved`: it is new, or stands elsewhere in the order than before. */
  mark(mark: Mark, options: MarkOptions): { readonly job: Job; readonly isMoved: boolean };
  get(key: string): Job | undefined;
  /** All that is marked so far was marked by a process that is gone. */
  outdate(): void;
  remove(key: string): void;
  size(): number;
  /** Monotonic time since which the longest waiting one differs; null: none waits. */
  oldest(): number | null;
}

/** The dirty set: a key is in it once, however often it changed. */
export function createJobs(): Jobs {
  const jobs = new Map<string, Job>();
  let made = 0;

  function again(job: Job, { lane }: Mark, options: MarkOptions): boolean {
    const { now, isBacklog, severity, notBefore } = options;
    job.marks += 1;
    job.markedAt = now;
    job.isBacklog &&= isBacklog;
    const isHastened = job.tries === 0 && notBefore < job.notBefore && job.notBefore > now;
    if (isHastened) job.notBefore = notBefore;
    const isMoved = isHastened || lane < job.lane || severity < job.severity;
    if (lane < job.lane) job.lane = lane;
    if (severity < job.severity) job.severity = severity;
    return isMoved;
  }

  return {
    mark: (mark, options) => {
      const key = keyOf(mark.kind, mark.id);
      const known = jobs.get(key);
      if (known !== undefined) return { job: known, isMoved: again(known, mark, options) };
      const { now, ...rest } = options;
      made += 1;
      const job: Job = {
        key,
        number: made,
        ...mark,
        ...rest,
        since: now,
        markedAt: now,
        marks: 1,
        tries: 0,
        rank: 0,
        shape: 'blocks',
        stamp: 0,
      };
      jobs.set(key, job);
      return { job, isMoved: true };
    },
    get: (key) => jobs.get(key),
    outdate: () => {
      for (const job of jobs.values()) Object.assign(job, { isBacklog: true, doubt: 'before-start' });
    },
    remove: (key) => void jobs.delete(key),
    size: () => jobs.size,
    oldest: () => {
      let oldest: number | null = null;
      for (const { since } of jobs.values()) if (oldest === null || since < oldest) oldest = since;
      return oldest;
    },
  };
}

/** Most valuable first: by lane, severity, whether it was told of already, then age. */
export function isMoreValuable(one: Job, other: Job): boolean {
  if (one.lane !== other.lane) return one.lane < other.lane;
  if (one.severity !== other.severity) return one.severity < other.severity;
  if (one.rank !== other.rank) return one.rank < other.rank;
  return one.since === other.since ? one.number < other.number : one.since < other.since;
}
