import type { ProbeConfig } from '../core/config/config.ts';
import type { Finding } from './finding.ts';
import type { KindDeps } from './kinds/deps.ts';
import { probeDocker } from './kinds/docker.ts';
import { probeHttp } from './kinds/http.ts';
import { probeMetrics } from './kinds/metrics.ts';
import { probeRedis } from './kinds/redis.ts';
import { probeSystem } from './kinds/system.ts';
import { probeTcp } from './kinds/tcp.ts';
import { saySelector, sayUrl } from './target.ts';

/** Runs a probe by its kind. It may throw: the runner makes that `unknown`. `signal` ends at its time limit. */
export function probeByKind(config: ProbeConfig, deps: KindDeps, signal: AbortSignal): Promise<Finding> {
  switch (config.kind) {
    case 'http':
      return probeHttp(config, signal);
    case 'metrics':
      return probeMetrics(config, signal);
    case 'redis':
      return probeRedis(config, signal);
    case 'tcp':
      return probeTcp(config, signal);
    case 'docker':
      return probeDocker(config, deps);
    case 'system':
      return probeSystem(config, deps, signal);
    default:
      return config satisfies never;
  }
}

/** What a probe asks, for people, when it could not say so itself. */
export function targetOf(config: ProbeConfig): string {
  switch (config.kind) {
    case 'http':
    case 'redis':
      return sayUrl(config.url);
    case 'metrics':
      return `${sayUrl(config.url)} ${config.metric}`;
    case 'tcp':
      return `${config.host}:${config.port}`;
    case 'docker':
      return saySelector(config.host, config.selector);
    case 'system':
      return `${config.host}:${config.path}`;
    default:
      return config satisfies never;
  }
}

/** Whether silence is an answer: a service that does not answer fails; a measurement that does not is unknown. */
export function resultOfSilence(kind: ProbeConfig['kind']): 'fail' | 'unknown' {
  return kind === 'http' || kind === 'tcp' || kind === 'redis' ? 'fail' : 'unknown';
}
