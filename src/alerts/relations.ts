import type { Config } from '../core/config/config.ts';

/** Which services stand on which, by `depends_on` of hosts.yml, through any number of steps. */
export interface Relations {
  /** Services that this one depends on. */
  causesOf(service: string | null): readonly string[];
  /** Services that depend on this one. */
  effectsOf(service: string | null): readonly string[];
}

/** Reads each configuration's relations once. */
export function createRelations(): (config: Config) => Relations {
  let read: { config: Config; relations: Relations } | null = null;
  return (config) => {
    if (read?.config !== config) read = { config, relations: relationsOf(config) };
    return read.relations;
  };
}

function relationsOf({ services }: Config): Relations {
  const causes = new Map(Object.keys(services).map((service) => [service, reached(services, service)]));
  const effects = new Map<string, string[]>();
  for (const [service, stands] of causes) {
    for (const cause of stands) effects.set(cause, [...(effects.get(cause) ?? []), service]);
  }
  return {
    causesOf: (service) => causes.get(service ?? '') ?? [],
    effectsOf: (service) => effects.get(service ?? '') ?? [],
  };
}

function reached(services: Config['services'], from: string): string[] {
  const found = new Set<string>();
  const left = [...(services[from]?.dependsOn ?? [])];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (found.has(next) || next === from) continue;
    found.add(next);
    left.push(...(services[next]?.dependsOn ?? []));
  }
  return [...found];
}
