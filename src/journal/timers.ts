import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import { createBackOff } from './back-off.ts';
import { createJumpWatch } from './clock-jump.ts';
import { decideUntilAppended } from './decide.ts';
import type { JournalMetrics } from './metrics.ts';
import type { Batch, Journal, Timer, TimerChange } from './port.ts';
import { createWorker } from './worker.ts';

/**
 * Decides what a due timer means now. null: nobody wants it any more; it is cancelled and reported. The batch sets
 * or cancels the timer itself. Asked again after a conflict.
 */
export type TimerHandler = (timer: Timer, now: number) => Promise<Batch | null>;

export interface TimerLoop {
  start(): void;
  stop(): Promise<void>;
  /** Carries out everything that is due now; resolves with how many timers that were. */
  runDue(): Promise<number>;
  /** When it was looked for due timers last, monotonic ms. */
  lookedAt(): number;
}

export interface TimerLoopDeps {
  journal: Journal;
  clock: Clock;
  logger: Logger;
  /** By `<kind>.<purpose>`. */
  handlers: Readonly<Record<string, TimerHandler>>;
  metrics: JournalMetrics;
  /** The wall clock jumped: told before anything is carried out by the new time. */
  jumped?: (byMs: number, now: number) => Promise<void>;
  /** What else goes into the batch that carries a timer out or drops it. */
  outcome?: (timer: Timer, result: 'fired' | 'dropped', now: number) => NonNullable<Batch['documents']>;
}

/** Short, so that a suspended process or a jumping clock is noticed soon. */
const LONGEST_SLEEP_MS = 1_000;
const AT_ONCE = 100;
/** A handler that keeps setting its timer into the past is stopped from spinning. */
const MOST_PASSES = 20;

type Result = 'fired' | 'dropped' | 'gone' | 'failed';

/** Carries out timer rows when they are due; a late one once, however late. */
export function createTimerLoop(deps: TimerLoopDeps): TimerLoop {
  const { journal, clock, logger, metrics } = deps;
  const backOff = createBackOff(clock);
  const watchJumps = createJumpWatch({ clock, logger, metrics });
  let lookedAt = clock.monotonicMs();
  let turn: Promise<unknown> = Promise.resolve();
  const worker = createWorker(clock, round);
  const stopListening = journal.onChange((change) => {
    if (change.timers) worker.wake();
  });

  async function round(): Promise<number | null> {
    try {
      await runDue();
      const nextAt = await journal.nextTimerAt();
      const delayMs = nextAt === null ? LONGEST_SLEEP_MS : nextAt - clock.now();
      const isHeld = delayMs <= 0;
      return isHeld ? LONGEST_SLEEP_MS : Math.min(LONGEST_SLEEP_MS, delayMs);
    } catch (error) {
      logger.warn({ err: error }, 'timers could not be read');
      return LONGEST_SLEEP_MS;
    }
  }

  function runDue(): Promise<number> {
    const mine = turn.then(firePasses, firePasses);
    turn = mine.catch(() => undefined);
    return mine;
  }

  async function firePasses(): Promise<number> {
    const jumpMs = watchJumps();
    if (jumpMs !== 0) await deps.jumped?.(jumpMs, clock.now());
    let total = 0;
    for (let pass = 0; pass < MOST_PASSES; pass += 1) {
      const due = await journal.dueTimers(clock.now(), AT_ONCE + backOff.held());
      const ready = due.filter((timer) => backOff.mayTry(keyOf(timer)));
      lookedAt = clock.monotonicMs();
      if (ready.length === 0) return total;
      for (const timer of ready) if ((await fire(timer)) === 'fired') total += 1;
    }
    return total;
  }

  async function fire(timer: Timer): Promise<Result> {
    const name = `${timer.kind}.${timer.purpose}`;
    const lateSeconds = Math.max(0, clock.now() - timer.dueAt) / 1000;
    try {
      const result = await decide(timer, name);
      backOff.succeeded(keyOf(timer));
      report(timer, name, result, lateSeconds);
      return result;
    } catch (error) {
      backOff.failed(keyOf(timer));
      metrics.timersFailed.inc({ timer: name });
      logger.error({ err: error, timer: name, id: timer.id }, 'timer failed and is tried again');
      return 'failed';
    }
  }

  async function decide(timer: Timer, name: string): Promise<Result> {
    const handler = deps.handlers[name];
    if (handler === undefined) throw new Error(`nobody handles timers of ${name}`);
    let result: Result = 'fired';
    await decideUntilAppended(journal, async () => {
      if (!(await isStillSet(timer))) {
        result = 'gone';
        return null;
      }
      const now = clock.now();
      const batch = await handler(timer, now);
      result = batch === null ? 'dropped' : 'fired';
      const documents = deps.outcome?.(timer, result, now) ?? [];
      const ended = withTimerEnded(batch ?? { at: now, actor: 'auto' }, timer);
      return { ...ended, documents: [...(ended.documents ?? []), ...documents] };
    });
    return result;
  }

  async function isStillSet(timer: Timer): Promise<boolean> {
    const timers = await journal.timersOf(timer.kind, timer.id);
    return timers.some((other) => other.purpose === timer.purpose && other.dueAt === timer.dueAt);
  }

  function report(timer: Timer, name: string, result: Result, lateSeconds: number): void {
    if (result === 'fired') {
      metrics.timersFired.inc({ timer: name });
      metrics.timerLateSeconds.observe(lateSeconds);
    }
    if (result !== 'dropped') return;
    metrics.timersDropped.inc({ timer: name });
    logger.info({ timer: name, id: timer.id, dueAt: timer.dueAt }, 'timer dropped, nobody wants it any more');
  }

  return {
    start: worker.start,
    stop: async () => {
      stopListening();
      await worker.stop();
      await turn;
    },
    runDue,
    lookedAt: () => lookedAt,
  };
}

/** The batch with the timer moved or cancelled in it, so that no crash can carry it out twice. */
export function withTimerEnded(batch: Batch, timer: Timer): Batch {
  if ((batch.timers ?? []).some((change) => ends(change, timer))) return batch;
  const { kind, id, purpose, dueAt } = timer;
  return { ...batch, timers: [...(batch.timers ?? []), { op: 'cancel', kind, id, purpose, dueAt }] };
}

function ends(change: TimerChange, timer: Timer): boolean {
  if (change.kind !== timer.kind || change.id !== timer.id) return false;
  if (change.op === 'set') return change.purpose === timer.purpose && change.dueAt !== timer.dueAt;
  if (change.dueAt !== undefined && change.dueAt !== timer.dueAt) return false;
  return change.purpose === undefined || change.purpose === timer.purpose;
}

function keyOf(timer: Timer): string {
  return `${timer.kind}|${timer.id}|${timer.purpose}`;
}
