import type { Command } from '../core/command.ts';
import type { ConfigSource } from '../core/config/config.ts';
import type { EffectExecutor } from '../journal/effects.ts';
import type { Batch } from '../journal/port.ts';
import type { CheckResult, RunProbes } from './check.ts';

export interface DiagnosisDeps {
  readonly config: ConfigSource;
  readonly runProbes: RunProbes;
  /** The batch that writes what was found into the incident; `checksJson` is the JSON of the check results. */
  readonly record: (incident: string, checksJson: string, by: Command['by']) => Promise<Batch>;
}

const AT_ONCE = 4;

/**
 * Carries out effects of kind `diagnose`: the probes of the incident's service, worst first, written into the incident.
 * Probes only look, so one that was cut short is run again. Incidents of one service that ask at the same moment share
 * one look.
 */
export function createDiagnosis(deps: DiagnosisDeps): EffectExecutor {
  const looking = new Map<string, Promise<CheckResult[]>>();

  function look(service: string): Promise<CheckResult[]> {
    const shared = looking.get(service);
    if (shared !== undefined) return shared;
    const probes = deps.config.current().services[service]?.probes ?? [];
    const mine = deps.runProbes(probes).finally(() => looking.delete(service));
    looking.set(service, mine);
    return mine;
  }

  return {
    idempotent: true,
    concurrency: AT_ONCE,
    run: async ({ incident, data }) => {
      if (incident === null) return { state: 'failed', result: { reason: 'no incident' } };
      const checks = await look(String(data.service));
      const by = String(data.by) as Command['by'];
      return {
        state: 'done',
        result: { probes: checks.length },
        batch: () => deps.record(incident, JSON.stringify(checks), by),
      };
    },
  };
}
