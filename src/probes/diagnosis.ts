import type { Command } from '../core/command.ts';
import type { ConfigSource } from '../core/config/config.ts';
import type { EffectExecutor } from '../journal/effects.ts';
import type { Batch } from '../journal/port.ts';
import type { RunProbes } from './check.ts';

export interface DiagnosisDeps {
  readonly config: ConfigSource;
  readonly runProbes: RunProbes;
  /** The batch that writes what was found into the incident; `checksJson` is the JSON of the check results. */
  readonly record: (incident: string, checksJson: string, by: Command['by']) => Promise<Batch>;
}

const AT_ONCE = 4;

/**
 * Carries out effects of kind `diagnose`: the probes of the incident's service, worst first, written into the incident.
 * Probes only look, so one that was cut short is run again.
 */
export function createDiagnosis(deps: DiagnosisDeps): EffectExecutor {
  return {
    idempotent: true,
    concurrency: AT_ONCE,
    run: async ({ incident, data }) => {
      if (incident === null) return { state: 'failed', result: { reason: 'no incident' } };
      const service = deps.config.current().services[String(data.service)];
      const checks = await deps.runProbes(service?.probes ?? []);
      const by = String(data.by) as Command['by'];
      return {
        state: 'done',
        result: { probes: checks.length },
        batch: () => deps.record(incident, JSON.stringify(checks), by),
      };
    },
  };
}
