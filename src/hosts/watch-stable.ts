import type { Clock } from '../core/clock.ts';
import { OpsError } from '../core/errors.ts';
import type { Observed, ServiceDriver, ServiceTarget } from './driver.ts';

export interface StableLimits {
  /** It must be healthy (or run, when it has no health check) within this. */
  readonly healthyWithinMs: number;
  /** Then it must stay so for this long, with the same start. */
  readonly stableMs: number;
}

export type Stability =
  | { readonly stable: true }
  | {
      readonly stable: false;
      /** One sentence part: `it crash-loops: 3 restarts in 2 s, exit 3`. */
      readonly reason: string;
      /** New starts seen while watching. */
      readonly restarts: number;
      /** Of the last end that was seen. */
      readonly exitCode: number | null;
    };

const LOOK_EVERY_MS = 250;
/** A service that comes back and dies this often does not get the rest of its time. */
const LOOP_AFTER_RESTARTS = 3;

/**
 * Watches a target until it has been well for `stableMs`, or until that is out of reach: a container that comes back
 * and crash-loops is not a success (FAULTS.md, C 46). A look that fails is repeated until the time is over; a target
 * that is gone ends it. Never throws for what it sees.
 */
export async function watchStable(
  driver: Pick<ServiceDriver, 'observe'>,
  target: ServiceTarget,
  limits: StableLimits,
  clock: Clock,
  signal?: AbortSignal,
): Promise<Stability> {
  const begun = clock.monotonicMs();
  let watch = firstWatch(begun);
  for (;;) {
    const seen = await look(driver, target);
    watch = note(watch, seen, clock.monotonicMs());
    const verdict = judge(watch, limits, clock.monotonicMs());
    if (verdict !== null) return verdict;
    if (signal?.aborted) return failed(watch, 'the wait was stopped');
    await pause(clock, signal);
  }
}

interface Watch {
  readonly begun: number;
  readonly last: Seen | null;
  /** The last look that showed the service itself. */
  readonly known: Observed | null;
  /** Since when it has been well without a break; null: it is not. */
  readonly wellSince: number | null;
  readonly restarts: number;
  readonly exitCode: number | null;
  /** Whether its last end was the kernel's doing, for want of memory. */
  readonly outOfMemory: boolean;
}

type Seen =
  | { readonly kind: 'seen'; readonly observed: Observed }
  | { readonly kind: 'failed'; readonly said: string; readonly gone: boolean };

function firstWatch(begun: number): Watch {
  return { begun, last: null, known: null, wellSince: null, restarts: 0, exitCode: null, outOfMemory: false };
}

async function look(driver: Pick<ServiceDriver, 'observe'>, target: ServiceTarget): Promise<Seen> {
  try {
    return { kind: 'seen', observed: await driver.observe(target) };
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    return { kind: 'failed', said: error.message, gone: error.family === 'refusal' };
  }
}

function note(watch: Watch, seen: Seen, now: number): Watch {
  if (seen.kind === 'failed') return { ...watch, last: seen, wellSince: null };
  const { observed } = seen;
  const starts = newStarts(watch.known, observed);
  const well = observed.running && (observed.health === 'healthy' || observed.health === 'none');
  return {
    ...watch,
    last: seen,
    known: observed,
    wellSince: !well ? null : starts > 0 ? now : (watch.wellSince ?? now),
    restarts: watch.restarts + starts,
    exitCode: observed.running ? watch.exitCode : (observed.exitCode ?? watch.exitCode),
    outOfMemory: observed.running ? watch.outOfMemory : (observed.outOfMemory ?? watch.outOfMemory),
  };
}

/** Starts between two looks: the engine's own count where it moved, else a start time that moved. */
function newStarts(before: Observed | null, now: Observed): number {
  if (before === null) return 0;
  const counted = (now.restarts ?? 0) - (before.restarts ?? 0);
  if (counted > 0) return counted;
  const moved = now.startedAt !== null && before.startedAt !== null && now.startedAt !== before.startedAt;
  return moved ? 1 : 0;
}

function judge(watch: Watch, limits: StableLimits, now: number): Stability | null {
  const { last } = watch;
  if (last?.kind === 'failed' && last.gone) return failed(watch, last.said);
  const spent = seconds(now - watch.begun);
  const exit = sayEnd(watch);
  if (watch.restarts >= LOOP_AFTER_RESTARTS) {
    return failed(watch, `it crash-loops: ${watch.restarts} restarts in ${spent}${exit}`);
  }
  if (watch.wellSince !== null && now - watch.wellSince >= limits.stableMs) return { stable: true };
  if (last?.kind === 'seen' && last.observed.ended === true) return failed(watch, `it ended after ${spent}${exit}`);
  if (watch.wellSince !== null || now - watch.begun < limits.healthyWithinMs) return null;
  return failed(watch, `not well within ${seconds(limits.healthyWithinMs)}: ${state(watch)}${exit}`);
}

function sayEnd({ exitCode, outOfMemory }: Watch): string {
  const memory = outOfMemory ? ', out of memory' : '';
  return exitCode === null ? memory : `, exit ${exitCode}${memory}`;
}

function state({ last, restarts }: Watch): string {
  if (last === null) return 'never looked at';
  if (last.kind === 'failed') return last.said;
  const again = restarts === 0 ? '' : `, ${restarts} restarts`;
  return `${last.observed.running ? `runs, ${last.observed.health}` : 'does not run'}${again}`;
}

function failed(watch: Watch, reason: string): Stability {
  return { stable: false, reason, restarts: watch.restarts, exitCode: watch.exitCode };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

function pause(clock: Clock, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(LOOK_EVERY_MS, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    const stop = () => {
      cancel();
      resolve();
    };
    signal?.addEventListener('abort', stop, { once: true });
  });
}
