import { canonicalJson } from '../json.ts';
import type { Config, ConfigSource } from './config.ts';
import { type LoadedConfig, loadConfig } from './load.ts';
import type { LoadInputs } from './load-inputs.ts';
import { type Problem, printPath } from './problem.ts';

/** What a reload came to. */
export type Reload =
  | {
      readonly kind: 'swapped';
      /** What differs, by dotted path, values left out: `added probes.cache`, `changed routing.reopenWithinSeconds`. */
      readonly changes: readonly string[];
      /** Warnings of the configuration now in force. */
      readonly problems: readonly Problem[];
      readonly version: string;
    }
  /** The old configuration stays in force. */
  | { readonly kind: 'kept'; readonly problems: readonly Problem[]; readonly version: string };

export interface ReloadableConfig extends ConfigSource {
  /** Reads the folder again, checks it whole and swaps at once; several calls wait for each other. */
  reload(): Promise<Reload>;
}

/** The configuration in force. `learnSecrets` gets every secret before anything of a new configuration is used. */
export function createConfigSource(
  initial: Config,
  deps: LoadInputs & {
    readonly dir: string;
    readonly learnSecrets: (secrets: readonly string[]) => void;
  },
): ReloadableConfig {
  let current = initial;
  let last: Promise<unknown> = Promise.resolve();
  async function reloadNow(): Promise<Reload> {
    const loaded: LoadedConfig = await loadConfig(deps);
    deps.learnSecrets(loaded.secrets);
    if (loaded.config === null) return { kind: 'kept', problems: loaded.problems, version: current.version };
    const changes = compareConfigs(current, loaded.config);
    current = loaded.config;
    return { kind: 'swapped', changes, problems: loaded.problems, version: current.version };
  }
  return {
    current: () => current,
    reload: () => {
      const next = last.then(reloadNow);
      last = next.catch(() => undefined);
      return next;
    },
  };
}

/** Paths at which two configurations differ, `version` left out; no value is named, so no secret is. */
export function compareConfigs(before: Config, after: Config): string[] {
  const changes: string[] = [];
  const visit = (old: unknown, now: unknown, path: string[]): void => {
    if (canonicalJson(old) === canonicalJson(now)) return;
    if (isGroup(old) && isGroup(now)) {
      for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) visit(old[key], now[key], [...path, key]);
      return;
    }
    const word = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed';
    changes.push(`${word} ${printPath(path)}`);
  };
  visit({ ...before, version: '' }, { ...after, version: '' }, []);
  return changes.sort();
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
