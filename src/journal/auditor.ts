import { Counter, Gauge } from 'prom-client';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import type { Registry } from '../core/metrics.ts';
import { audit, FINDINGS, type Finding, type OverdueEscalations } from './audit.ts';
import type { Journal } from './port.ts';

export interface AuditorDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly overdueEscalations: OverdueEscalations;
  /** When the timers were looked at last, monotonic ms. */
  readonly timersLookedAt: () => number;
  /** Called after each audit that found nothing, and only then: the sign of life for the outside. */
  readonly green: () => void;
}

export interface Auditor {
  start(): void;
  stop(): Promise<void>;
  /** Resolves when no audit is under way. */
  idle(): Promise<void>;
}

const EVERY_MS = 60_000;
/** The first one, so that a sign of life goes out soon after a start. */
const FIRST_MS = 10_000;
/** An audit that is later than this ran in a process that was suspended. */
const ASLEEP_MS = 90_000;
/** Green is no longer believed when the last audit is older than this. */
const STALE_MS = 3 * 60_000;
const GROWTH_MS = 10 * 60_000;

/**
 * Looks every minute whether the bot still does what it promised. Whoever waits for the sign of life hears nothing while
 * something stands, and nothing when this loop itself has stopped.
 */
export function createAuditor(deps: AuditorDeps): Auditor {
  const { journal, clock, logger } = deps;
  let last: { readonly at: number; readonly isOk: boolean } | null = null;
  let told = '';
  let awakeSince = clock.now();
  let parked = { count: journal.parkedCount(), grewAt: Number.NEGATIVE_INFINITY };
  let auditing: Promise<void> | null = null;
  let cancel: () => void = () => undefined;
  let isStopped = false;
  const metrics = registerMetrics(deps.metrics, {
    isOk: () => last?.isOk === true && clock.monotonicMs() - last.at < STALE_MS,
  });

  async function run(): Promise<void> {
    noteSleep();
    const findings = await findAll();
    const isOk = findings.length === 0;
    last = { at: clock.monotonicMs(), isOk };
    metrics.ran(clock.now(), findings);
    tell(findings);
    if (isOk) deps.green();
  }

  async function findAll(): Promise<Finding[]> {
    const { overdueEscalations } = deps;
    try {
      const found = await audit({
        journal,
        overdueEscalations,
        now: clock.now(),
        awakeSince,
        timersIdleMs: clock.monotonicMs() - deps.timersLookedAt(),
      });
      return [...found, ...growth()];
    } catch (error) {
      logger.error({ err: error }, 'audit failed');
      return [{ finding: 'audit-failed', what: [] }];
    }
  }

  function growth(): Finding[] {
    const count = journal.parkedCount();
    const now = clock.monotonicMs();
    parked = { count, grewAt: count > parked.count ? now : parked.grewAt };
    const isGrowing = count > 0 && now - parked.grewAt < GROWTH_MS;
    return isGrowing ? [{ finding: 'parked-rows-grow', what: [`${count} rows`] }] : [];
  }

  function noteSleep(): void {
    if (last !== null && clock.monotonicMs() - last.at > ASLEEP_MS) awakeSince = clock.now();
  }

  function tell(findings: readonly Finding[]): void {
    const now = findings.map(({ finding }) => finding).join(' ');
    if (now === told) return;
    told = now;
    if (findings.length === 0) logger.info('auditor finds nothing');
    else logger.error({ findings }, 'auditor finds what must not be');
  }

  function schedule(inMs: number): void {
    if (isStopped) return;
    cancel = clock.after(inMs, () => {
      auditing = run().finally(() => {
        auditing = null;
        schedule(EVERY_MS);
      });
    });
  }

  return {
    start: () => schedule(FIRST_MS),
    stop: async () => {
      isStopped = true;
      cancel();
      await auditing;
    },
    idle: async () => {
      await auditing;
    },
  };
}

function registerMetrics(registry: Registry, state: { readonly isOk: () => boolean }) {
  const registers = [registry];
  new Gauge({
    name: 'gianna_ops_auditor_ok',
    help: '1 while the last audit is recent and found nothing that stands still.',
    registers,
    collect() {
      this.set(state.isOk() ? 1 : 0);
    },
  });
  const lastRun = new Gauge({
    name: 'gianna_ops_auditor_last_run_timestamp_seconds',
    help: 'When the last audit ended; 0 before the first.',
    registers,
  });
  const findings = new Gauge({
    name: 'gianna_ops_auditor_findings',
    help: 'What the last audit found, by finding.',
    labelNames: ['finding'],
    registers,
  });
  const runs = new Counter({ name: 'gianna_ops_auditor_runs_total', help: 'Audits that ended.', registers });
  for (const finding of FINDINGS) findings.set({ finding }, 0);
  return {
    ran: (at: number, found: readonly Finding[]) => {
      runs.inc();
      lastRun.set(at / 1000);
      for (const finding of FINDINGS) findings.set({ finding }, 0);
      for (const { finding, what } of found) findings.set({ finding }, Math.max(1, what.length));
    },
  };
}
