import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { Circuit } from './circuit.ts';
import type { Job, Jobs } from './jobs.ts';
import type { Outcome } from './outcome.ts';

const MOST_IN_FLIGHT = 8;
const BUG_MS = 10_000;

export interface Scheduler {
  /** Takes up whatever may be sent now. */
  pump(): void;
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
  spacingMs: number;
  execute: (job: Job) => Promise<Outcome>;
  /** A call without effect, to learn whether Slack answers when there is nothing to send. */
  hello: () => Promise<void>;
  needsParent: (incident: string) => void;
  changed: () => void;
}): Scheduler {
  const { clock, jobs, circuit } = deps;
  const inHand = new Set<string>();
  const doneAt = new Map<string, number>();
  let cancelWake: (() => void) | null = null;
  let isStopped = false;
  let ended: (() => void) | null = null;

  function pump(): void {
    cancelWake?.();
    cancelWake = null;
    while (!isStopped && inHand.size < MOST_IN_FLIGHT) {
      const waitMs = circuit.waitMs(inHand.size);
      if (waitMs === null) return;
      if (waitMs > 0) {
        wakeIn(waitMs);
        return;
      }
      const { job, nextMs } = pick();
      if (job !== null) void take(job.key, () => run(job));
      else if (circuit.isOpen()) void take('hello', deps.hello);
      else {
        if (nextMs !== null) wakeIn(nextMs);
        return;
      }
    }
  }

  function pick(): { job: Job | null; nextMs: number | null } {
    const now = clock.monotonicMs();
    let nextMs: number | null = null;
    for (const job of jobs.inOrder()) {
      if (inHand.has(job.key)) continue;
      if (job.notBefore <= now) return { job, nextMs };
      if (Number.isFinite(job.notBefore)) nextMs = Math.min(nextMs ?? Number.POSITIVE_INFINITY, job.notBefore - now);
    }
    return { job: null, nextMs };
  }

  function wakeIn(delayMs: number): void {
    cancelWake = clock.after(Math.max(1, delayMs), pump);
  }

  async function take(key: string, work: () => Promise<void>): Promise<void> {
    inHand.add(key);
    try {
      await work();
    } finally {
      inHand.delete(key);
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
        else job.notBefore = now + deps.spacingMs;
        if (job.kind === 'parent') release();
        return;
      case 'retry':
        job.notBefore = now + outcome.waitMs;
        return;
      case 'needs-parent':
        job.notBefore = Number.POSITIVE_INFINITY;
        deps.needsParent(outcome.incident);
        return;
      default: {
        const never: never = outcome;
        throw new Error(`unknown outcome ${JSON.stringify(never)}`);
      }
    }
  }

  function noteDone(key: string, now: number): void {
    doneAt.set(key, now);
    clock.after(deps.spacingMs, () => {
      if (doneAt.get(key) === now) doneAt.delete(key);
    });
  }

  /** Those who waited for a thread look again. */
  function release(): void {
    for (const job of jobs.inOrder()) if (!Number.isFinite(job.notBefore)) job.notBefore = 0;
  }

  return {
    pump,
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
