import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { Circuit } from './circuit.ts';
import type { Gate } from './gates.ts';
import type { Job, Jobs } from './jobs.ts';
import type { Outcome } from './outcome.ts';
import { createQueue, type Line, nameOf } from './queue.ts';

const MOST_IN_FLIGHT = 8;
/** Pages find a way past messages that Slack holds up. */
const MOST_WITH_PAGES = 12;
const BUG_MS = 10_000;
const DONE_KEPT_MS = 60_000;

export interface Scheduler {
  /** Takes up whatever may be sent now. */
  pump(): void;
  /** Gives a job its place after it was marked. */
  offer(job: Job): void;
  /** What these jobs waited for has happened. */
  release(name: string): void;
  /** Monotonic time at which a message was last brought up to date. */
  lastDoneAt(key: string): number | null;
  inFlight(): number;
  /** Takes up nothing more; resolves when nothing is in hand. */
  stop(): Promise<void>;
}

/** Takes jobs by value, several at a time while Slack answers, one at a time while it does not. */
export function createScheduler(deps: {
  clock: Clock;
  logger: Logger;
  jobs: Jobs;
  circuit: Circuit;
  /** How long a message rests between two edits. */
  spacingMs: (job: Job) => number;
  lineOf: (job: Job) => Line;
  waitMs: (gate: Gate, inHand: number) => number;
  isFirst: (one: Job, other: Job) => boolean;
  execute: (job: Job) => Promise<Outcome>;
  /** A call without effect, to learn whether Slack answers when there is nothing to send. */
  hello: () => Promise<void>;
  needsParent: (incident: string) => void;
  settled: (job: Job) => void;
  changed: () => void;
}): Scheduler {
  const { clock, jobs, circuit } = deps;
  /** Keys of what is in hand, with the line each was taken from. */
  const inHand = new Map<string, string>();
  const doneAt = new Map<string, number>();
  const queue = createQueue({
    clock,
    isWaiting: (job) => jobs.get(job.key) === job && !inHand.has(job.key),
    lineOf: deps.lineOf,
    waitMs: deps.waitMs,
    inHand: (line) => [...inHand.values()].filter((other) => other === line).length,
    isFirst: deps.isFirst,
  });
  let cancelWake: (() => void) | null = null;
  let isStopped = false;
  let ended: (() => void) | null = null;

  function pump(): void {
    cancelWake?.();
    cancelWake = null;
    while (!isStopped && inHand.size < MOST_WITH_PAGES) {
      const waitMs = circuit.waitMs(inHand.size);
      if (waitMs === null) return;
      if (waitMs > 0) {
        wakeIn(waitMs);
        return;
      }
      const picked = queue.next();
      if (picked.job === null) {
        if (!circuit.isOpen()) {
          if (picked.nextMs !== null) wakeIn(picked.nextMs);
          return;
        }
        void take('hello', '', deps.hello);
      } else {
        const { job } = picked;
        if (inHand.size >= MOST_IN_FLIGHT && job.kind !== 'page') return;
        const line = deps.lineOf(job);
        void take(job.key, line.kind === 'event' ? '' : nameOf(line), () => run(job));
      }
    }
  }

  function wakeIn(delayMs: number): void {
    cancelWake = clock.after(Math.max(1, delayMs), pump);
  }

  async function take(key: string, line: string, work: () => Promise<void>): Promise<void> {
    inHand.set(key, line);
    try {
      await work();
    } finally {
      inHand.delete(key);
      const job = jobs.get(key);
      if (job !== undefined) queue.put(job);
      if (isStopped && inHand.size === 0) ended?.();
      pump();
      deps.changed();
    }
  }

  async function run(job: Job): Promise<void> {
    const { marks } = job;
    try {
      finish(job, marks, await deps.execute(job));
    } catch (error) {
      deps.logger.error({ err: error, message: job.key }, 'message cannot be delivered now');
      job.notBefore = clock.monotonicMs() + BUG_MS;
    }
  }

  function finish(job: Job, marks: number, outcome: Outcome): void {
    const now = clock.monotonicMs();
    switch (outcome.kind) {
      case 'settled':
        noteDone(job.key, now);
        job.tries = 0;
        if (job.marks === marks) jobs.remove(job.key);
        else Object.assign(job, { since: job.markedAt, notBefore: now + deps.spacingMs(job) });
        deps.settled(job);
        return;
      case 'retry':
        job.notBefore = now + outcome.waitMs;
        return;
      case 'needs-parent':
        deps.needsParent(outcome.incident);
        return;
      default: {
        const never: never = outcome;
        throw new Error(`unknown outcome ${JSON.stringify(never)}`);
      }
    }
  }

  /** In the order of their times, so that old ones are found at the front. */
  function noteDone(key: string, now: number): void {
    doneAt.delete(key);
    doneAt.set(key, now);
    for (const [old, at] of doneAt) {
      if (at >= now - DONE_KEPT_MS) return;
      doneAt.delete(old);
    }
  }

  return {
    pump,
    offer: (job) => {
      if (!inHand.has(job.key)) queue.put(job);
    },
    release: queue.release,
    lastDoneAt: (key) => doneAt.get(key) ?? null,
    inFlight: () => inHand.size,
    stop: async () => {
      isStopped = true;
      cancelWake?.();
      if (inHand.size === 0) return;
      await new Promise<void>((resolve) => {
        ended = resolve;
      });
    },
  };
}
