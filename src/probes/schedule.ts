import type { Clock } from '../core/clock.ts';
import type { ConfigSource } from '../core/config/config.ts';
import type { Logger } from '../core/logger.ts';
import type { CheckResult, RunProbes } from './check.ts';
import type { ProbeMetrics } from './metrics.ts';

export interface ProbeScheduleDeps {
  readonly config: ConfigSource;
  readonly runProbes: RunProbes;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: ProbeMetrics;
  /** 0 up to 1: spreads first runs, so that they do not all come at once. */
  readonly random: () => number;
}
export interface ProbeSchedule {
  /** Begins to run every probe that has `every:`. */
  start(): void;
  /** Ends it; resolves once nothing runs any more. */
  stop(): Promise<void>;
  /** The latest result of each scheduled probe that has run, by name. */
  latest(): ReadonlyMap<string, ProbeState>;
}
export interface ProbeState {
  readonly latest: CheckResult;
  /** Epoch milliseconds since which it has been the same. */
  readonly since: number;
}

/** Longest wait of a first run. */
const SPREAD_MS = 10_000;
/** How soon a new configuration is followed. */
const FOLLOW_EVERY_MS = 2000;

interface Slot {
  everyMs: number;
  dueAt: number;
  running: boolean;
  cancel: () => void;
}

/** Runs each probe at its own interval, never twice at once, whatever the others do; follows the configuration in force. */
export function createProbeSchedule(deps: ProbeScheduleDeps): ProbeSchedule {
  const { clock, metrics } = deps;
  const slots = new Map<string, Slot>();
  const states = new Map<string, ProbeState>();
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  let version: string | null = null;
  let cancelFollow = () => {};

  function plan(name: string, slot: Slot, delayMs: number): void {
    slot.dueAt = clock.monotonicMs() + delayMs;
    slot.cancel = clock.after(delayMs, () => fall(name, slot));
  }

  function fall(name: string, slot: Slot): void {
    if (slot.running) metrics.skipped();
    else track(run(name, slot));
    const late = clock.monotonicMs() - slot.dueAt;
    plan(name, slot, slot.everyMs - (late % slot.everyMs));
  }

  function track(work: Promise<void>): void {
    running.add(work);
    void work.finally(() => running.delete(work));
  }

  async function run(name: string, slot: Slot): Promise<void> {
    slot.running = true;
    const [check] = await deps.runProbes([name], stopping.signal);
    slot.running = false;
    if (check === undefined || stopping.signal.aborted || slots.get(name) !== slot) return;
    keep(check);
  }

  function keep(check: CheckResult): void {
    const before = states.get(check.probe);
    const same = before?.latest.result === check.result;
    states.set(check.probe, { latest: check, since: same ? before.since : check.at });
    if (same || (before === undefined && check.result === 'ok')) return;
    const { probe, result, summary } = check;
    deps.logger.info({ probe, result, before: before?.latest.result ?? null, summary }, 'probe result changed');
  }

  function follow(): void {
    cancelFollow = clock.after(FOLLOW_EVERY_MS, follow);
    const config = deps.config.current();
    if (config.version === version) return;
    version = config.version;
    const wanted = Object.entries(config.probes).filter(([, { everySeconds }]) => everySeconds !== null);
    drop(wanted.map(([name]) => name));
    metrics.keepOnly(Object.keys(config.probes));
    for (const [name, { everySeconds }] of wanted) schedule(name, (everySeconds ?? 0) * 1000);
  }

  function drop(keepNames: readonly string[]): void {
    for (const [name, slot] of [...slots].filter(([name]) => !keepNames.includes(name))) {
      slot.cancel();
      slots.delete(name);
      states.delete(name);
    }
  }

  function schedule(name: string, everyMs: number): void {
    const before = slots.get(name);
    if (before?.everyMs === everyMs) return;
    before?.cancel();
    const slot: Slot = { everyMs, dueAt: 0, running: false, cancel: () => {} };
    slots.set(name, slot);
    plan(name, slot, deps.random() * Math.min(everyMs, SPREAD_MS));
  }

  return {
    start: follow,
    stop: async () => {
      cancelFollow();
      drop([]);
      stopping.abort();
      await Promise.all(running);
    },
    latest: () => states,
  };
}
