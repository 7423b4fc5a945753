import PQueue from 'p-queue';
import type { Clock } from '../core/clock.ts';
import type { Config, ConfigSource, ProbeConfig } from '../core/config/config.ts';
import { OpsError, refuse } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { createDockerHosts, type EngineOf } from '../hosts/engines.ts';
import type { ShellOf } from '../hosts/shell.ts';
import type { CheckResult, RunProbes } from './check.ts';
import { type Finding, rankOf } from './finding.ts';
import type { KindDeps } from './kinds/deps.ts';
import type { ProbeMetrics } from './metrics.ts';
import { probeByKind, resultOfSilence, targetOf } from './registry.ts';

export interface ProbeRunnerDeps {
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: ProbeMetrics;
  /** Engines of hosts; absent: those that are reached without SSH. */
  readonly engineOf?: EngineOf;
  /** Shells of hosts; absent: this machine's is the only one. */
  readonly shellOf?: ShellOf;
}

/** Enough that a few dozen probes that hang do not keep others waiting; a bound, so that a thousand do not open at once. */
const MOST_AT_ONCE = 64;

/**
 * What comes in: names of probes.yml. What goes out: one result each, worst first, each within its own time limit and
 * whatever the probe does. Never rejects.
 */
export function createProbeRunner(deps: ProbeRunnerDeps): RunProbes {
  const queue = new PQueue({ concurrency: MOST_AT_ONCE });
  const engineOf = deps.engineOf ?? createDockerHosts(deps.config);
  const shellOf = deps.shellOf ?? refuseShell;
  return async (names, signal) => {
    const config = deps.config.current();
    const kindDeps: KindDeps = { config, engineOf, shellOf, now: deps.clock.now };
    const unique = [...new Set(names)];
    const results = await Promise.all(unique.map((name) => queue.add(() => runOne(deps, kindDeps, name, signal))));
    return results.sort((a, b) => rankOf(a.result) - rankOf(b.result));
  };
}

function refuseShell(host: string): never {
  throw refuse('HOST_UNFIT', `The host "${host}" is not reached from here.`, 'Ask the running bot.');
}

async function runOne(
  deps: ProbeRunnerDeps,
  kindDeps: KindDeps,
  name: string,
  stop: AbortSignal | undefined,
): Promise<CheckResult> {
  const { clock } = deps;
  const probe = probeNamed(kindDeps.config, name);
  if (probe === null) return unknownProbe(name, kindDeps.config, clock.now());
  const begun = clock.monotonicMs();
  const finding = await findWithin(deps, kindDeps, probe, stop);
  const seconds = Math.round(clock.monotonicMs() - begun) / 1000;
  const check: CheckResult = { probe: name, ...finding, seconds, at: clock.now() };
  deps.metrics.ran(check);
  return check;
}

function probeNamed({ probes }: Config, name: string): ProbeConfig | null {
  return Object.hasOwn(probes, name) ? (probes[name] ?? null) : null;
}

function unknownProbe(name: string, { probes }: Config, at: number): CheckResult {
  const names = Object.keys(probes);
  const known = names.length === 0 ? 'probes.yml names none' : `there are ${names.join(', ')}`;
  const summary = `there is no such probe; ${known}`;
  return { probe: name, target: 'probes.yml', result: 'unknown', summary, seconds: 0, at, evidence: {} };
}

/** Ends at the probe's time limit even if the kind does not heed its signal. */
function findWithin(
  deps: ProbeRunnerDeps,
  kindDeps: KindDeps,
  probe: ProbeConfig,
  stop: AbortSignal | undefined,
): Promise<Finding> {
  const target = targetOf(probe);
  const limit = new AbortController();
  return new Promise((resolve) => {
    const end = (finding: Finding) => {
      cancelTimer();
      stop?.removeEventListener('abort', stopped);
      resolve(finding);
      limit.abort();
    };
    const stopped = () => end({ target, result: 'unknown', summary: 'stopped before it ended', evidence: {} });
    const cancelTimer = deps.clock.after(probe.timeoutSeconds * 1000, () => {
      const summary = `no answer within ${probe.timeoutSeconds} s`;
      end({ target, result: resultOfSilence(probe.kind), summary, evidence: {} });
    });
    stop?.addEventListener('abort', stopped, { once: true });
    if (stop?.aborted) return stopped();
    start(probe, kindDeps, limit.signal).then(end, (error: unknown) => end(failedProbe(deps, target, error)));
  });
}

/** Also what a kind throws at once becomes a rejection. */
async function start(probe: ProbeConfig, deps: KindDeps, signal: AbortSignal): Promise<Finding> {
  return probeByKind(probe, deps, signal);
}

function failedProbe({ logger }: ProbeRunnerDeps, target: string, error: unknown): Finding {
  if (error instanceof OpsError) return { target, result: 'unknown', summary: error.message, evidence: {} };
  logger.error({ err: error, target }, 'probe failed as a bug');
  return { target, result: 'unknown', summary: 'the probe itself failed; see the log', evidence: {} };
}
