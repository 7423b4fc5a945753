import type { Config } from '../core/config/config.ts';
import { refuse } from '../core/errors.ts';
import { closest } from '../core/suggest.ts';
import type { ConfigApi } from './api.ts';
import type { RunbookJson } from './shapes.ts';

/** Answers what the configuration alone knows. */
export function createConfigApi(config: Config): ConfigApi {
  return {
    runbooks: () => Object.values(config.runbooks).map(toJson),
    probesOf: (what) => probesOf(config, what),
  };
}

function toJson({ runbook, summary, risk, parameters }: Config['runbooks'][string]): RunbookJson {
  return { runbook, summary, risk, parameters };
}

function probesOf(config: Config, what: string): readonly string[] {
  if (what === 'all') return Object.keys(config.probes);
  if (Object.hasOwn(config.probes, what)) return [what];
  const service = Object.hasOwn(config.services, what) ? config.services[what] : undefined;
  if (service !== undefined && service.probes.length > 0) return service.probes;
  if (service !== undefined) {
    throw refuse('PROBE_NONE', `Service ${what} has no probes.`, 'Name some under its `probes:` in hosts.yml.');
  }
  const names = [...Object.keys(config.probes), ...Object.keys(config.services), 'all'];
  const near = closest(what, names);
  const remedy = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are: ${names.join(', ')}.`;
  throw refuse('PROBE_UNKNOWN', `There is no probe and no service called ${JSON.stringify(what)}.`, remedy);
}
