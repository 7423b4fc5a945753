import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import type { Logger } from '../core/logger.ts';
import { createBackOff, isTransient } from './back-off.ts';
import { decideUntilAppended } from './decide.ts';
import type { JournalMetrics } from './metrics.ts';
import type { Batch, Effect, EffectChange, Journal } from './port.ts';
import { createWorker } from './worker.ts';

/** How an effect ended. `batch` is what its room appends in the same transaction; asked again after a conflict. */
export interface EffectEnd {
  readonly state: 'done' | 'failed' | 'unknown';
  readonly result: JsonObject;
  readonly batch?: () => Promise<Batch>;
}

/** Carries out the effects of one kind. */
export interface EffectExecutor {
  /** Whether it may be run again when nobody knows whether it ran. */
  readonly idempotent: boolean;
  /** How many run at the same time. */
  readonly concurrency: number;
  run(effect: Effect): Promise<EffectEnd>;
  /** Says how an effect ended that a dead process (or a thrown error) left open; without it: unknown. Not asked when idempotent. */
  recover?(effect: Effect): Promise<EffectEnd>;
}

export interface EffectRunner {
  /** Settles first what a dead process left claimed, then carries out what is wanted. */
  start(): Promise<void>;
  /** Takes nothing new and waits for what runs. */
  stop(): Promise<void>;
  /** Resolves when nothing of its kinds is wanted or running. */
  idle(): Promise<void>;
}

export interface EffectRunnerDeps {
  journal: Journal;
  clock: Clock;
  logger: Logger;
  /** By kind; effects of other kinds are left alone. */
  executors: Readonly<Record<string, EffectExecutor>>;
  metrics: JournalMetrics;
}

const AT_ONCE = 50;

/** Runs wanted effects: claimed durably before, closed durably after, at most once unless idempotent. */
export function createEffectRunner(deps: EffectRunnerDeps): EffectRunner {
  const { journal, clock, logger } = deps;
  const kinds = Object.keys(deps.executors);
  const backOff = createBackOff(clock);
  const running = new Map<string, { kind: string; done: Promise<void> }>();
  let idlers: Array<() => void> = [];
  const worker = createWorker(clock, round);
  const stopListening = journal.onChange((change) => {
    if (change.effects) worker.wake();
  });

  async function round(): Promise<number | null> {
    try {
      const wanted = await readWanted();
      for (const effect of wanted) startIfFree(effect);
      if (wanted.length === 0 && running.size === 0) endIdlers();
    } catch (error) {
      logger.warn({ err: error }, 'effects could not be read');
      return 1_000;
    }
    const nextAt = backOff.nextAt();
    return nextAt === null ? null : Math.max(0, nextAt - clock.monotonicMs());
  }

  async function readWanted(): Promise<Effect[]> {
    const wanted: Effect[] = [];
    for (const kind of kinds) {
      const limit = AT_ONCE + running.size + backOff.held();
      wanted.push(...(await journal.effects({ kinds: [kind], states: ['wanted'], limit })));
    }
    return wanted;
  }

  function startIfFree(effect: Effect): void {
    const executor = deps.executors[effect.kind];
    if (executor === undefined || worker.isStopped() || running.has(effect.key) || !backOff.mayTry(effect.key)) return;
    const busy = [...running.values()].filter((other) => other.kind === effect.kind).length;
    if (busy >= executor.concurrency) return;
    const done = carryOut(effect, executor).finally(() => {
      running.delete(effect.key);
      worker.wake();
    });
    running.set(effect.key, { kind: effect.kind, done });
  }

  async function carryOut(effect: Effect, executor: EffectExecutor): Promise<void> {
    try {
      if (!(await journal.claim(effect.key, clock.now()))) return;
    } catch (error) {
      backOff.failed(effect.key);
      logger.warn({ err: error, effect: effect.key }, 'effect could not be claimed');
      return;
    }
    const change = await runOnce(effect, executor);
    await persist(effect, change);
  }

  async function runOnce(effect: Effect, executor: EffectExecutor): Promise<EffectEnd | 'again'> {
    try {
      const end = await executor.run(effect);
      backOff.succeeded(effect.key);
      return end;
    } catch (error) {
      logger.error({ err: error, effect: effect.key }, 'effect failed while it ran');
      if (!executor.idempotent) return recover(effect, executor);
      if (!isTransient(error)) return { state: 'failed', result: { error: 'INTERNAL' } };
      backOff.failed(effect.key);
      return 'again';
    }
  }

  async function recover(effect: Effect, executor: EffectExecutor): Promise<EffectEnd> {
    try {
      if (executor.recover !== undefined) return await executor.recover(effect);
    } catch (error) {
      logger.error({ err: error, effect: effect.key }, 'effect could not be recovered');
    }
    return { state: 'unknown', result: {} };
  }

  /** Tries until it is stored; when stopped before, the effect stays claimed and the next start settles it. */
  async function persist(effect: Effect, end: EffectEnd | 'again'): Promise<void> {
    const key = `close ${effect.key}`;
    while (true) {
      try {
        await decideUntilAppended(journal, () => closing(effect, end));
        backOff.succeeded(key);
        if (end !== 'again') deps.metrics.effectsEnded.inc({ kind: effect.kind, state: end.state });
        return;
      } catch (error) {
        logger.error({ err: error, effect: effect.key }, 'end of an effect could not be stored');
        if (worker.isStopped()) return;
        await sleepUntil(backOff.failed(key));
      }
    }
  }

  async function closing(effect: Effect, end: EffectEnd | 'again'): Promise<Batch> {
    const change: EffectChange =
      end === 'again'
        ? { op: 'again', key: effect.key }
        : { op: 'close', key: effect.key, state: end.state, result: end.result };
    const batch = end === 'again' || end.batch === undefined ? null : await end.batch();
    return { at: clock.now(), actor: 'auto', ...batch, effects: [...(batch?.effects ?? []), change] };
  }

  function sleepUntil(monotonicMs: number): Promise<void> {
    return new Promise((resolve) => {
      clock.after(Math.max(0, monotonicMs - clock.monotonicMs()), resolve);
    });
  }

  /** What is claimed at the start was claimed by a process that is dead: the store has one writer. */
  async function settleLeftOvers(): Promise<void> {
    for (const effect of await journal.effects({ kinds, states: ['claimed'] })) {
      const executor = deps.executors[effect.kind];
      if (executor === undefined || running.has(effect.key)) continue;
      deps.metrics.effectsRecovered.inc({ kind: effect.kind });
      logger.warn({ effect: effect.key }, 'effect was left open by the process before');
      await persist(effect, executor.idempotent ? 'again' : await recover(effect, executor));
    }
  }

  function endIdlers(): void {
    for (const resolve of idlers) resolve();
    idlers = [];
  }

  return {
    start: async () => {
      await settleLeftOvers();
      worker.start();
    },
    stop: async () => {
      stopListening();
      await worker.stop();
      await Promise.all([...running.values()].map((entry) => entry.done));
      endIdlers();
    },
    idle: () => {
      if (worker.isStopped()) return Promise.resolve();
      const done = new Promise<void>((resolve) => {
        idlers.push(resolve);
      });
      worker.wake();
      return done;
    },
  };
}
