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
  /** Monotonic time at which it became different. */
  readonly since: number;
  /** Monotonic time before which it is not taken up; infinite while it waits for its parent. */
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
}

export interface MarkOptions {
  readonly now: number;
  readonly notBefore: number;
  readonly doubt: Doubt;
  readonly isBacklog: boolean;
  readonly severity: Severity;
}

export interface Jobs {
  mark(mark: Mark, options: MarkOptions): Job;
  get(key: string): Job | undefined;
  /** All that is marked so far was marked by a process that is gone. */
  outdate(): void;
  remove(key: string): void;
  size(): number;
  /** Most valuable first. */
  inOrder(): Job[];
}

/** The dirty set: a key is in it once, however often it changed. */
export function createJobs(): Jobs {
  const jobs = new Map<string, Job>();
  return {
    mark: (mark, { now, notBefore, doubt, isBacklog, severity }) => {
      const key = keyOf(mark.kind, mark.id);
      const known = jobs.get(key);
      if (known !== undefined) {
        known.marks += 1;
        known.markedAt = now;
        known.isBacklog &&= isBacklog;
        known.lane = Math.min(known.lane, mark.lane);
        return known;
      }
      const fresh: Job = {
        key,
        ...mark,
        severity,
        since: now,
        markedAt: now,
        isBacklog,
        notBefore,
        marks: 1,
        tries: 0,
        doubt,
        shape: 'blocks',
      };
      jobs.set(key, fresh);
      return fresh;
    },
    get: (key) => jobs.get(key),
    outdate: () => {
      for (const job of jobs.values()) Object.assign(job, { isBacklog: true, doubt: 'before-start' });
    },
    remove: (key) => void jobs.delete(key),
    size: () => jobs.size,
    inOrder: () => [...jobs.values()].sort(byValue),
  };
}

function byValue(a: Job, b: Job): number {
  if (a.lane !== b.lane) return a.lane - b.lane;
  if (a.severity !== b.severity) return a.severity < b.severity ? -1 : 1;
  return a.since - b.since;
}
