import { join } from 'node:path';
import type { Logger } from '../logger.ts';
import { loadConfig } from './load.ts';
import type { LoadInputs } from './load-inputs.ts';
import { createConfigSource, type ReloadableConfig } from './source.ts';

export interface InForceDeps extends LoadInputs {
  readonly dir: string;
  readonly learnSecrets: (secrets: readonly string[]) => void;
  readonly logger: Logger;
  /** Writes one line for the operator who starts the bot. */
  readonly say: (line: string) => void;
}

/** Loads the configuration that comes into force at the start; null when it has errors, which were said. */
export async function loadInForce(deps: InForceDeps): Promise<ReloadableConfig | null> {
  const { dir, env, steps, learnSecrets, logger, say } = deps;
  const loaded = await loadConfig({ dir, env, steps });
  learnSecrets(loaded.secrets);
  for (const { severity, file, line, column, message, hint } of loaded.problems) {
    if (severity === 'warning') logger.warn({ file, line, hint }, message);
    else say(`${join(dir, file)}:${line}:${column} ${message}${hint === null ? '' : ` (${hint})`}`);
  }
  if (loaded.config !== null) return createConfigSource(loaded.config, { dir, env, steps, learnSecrets });
  say(`The configuration in ${dir} has errors; gianna-ops does not start. See all: npx gianna-ops check`);
  return null;
}

/** Who is told what a reload came to. */
export interface ReloadTold {
  swapped(version: string, changes: readonly string[]): Promise<void>;
  refused(version: string, errors: number): Promise<void>;
}

/** Takes a changed configuration, checked whole; a bad one leaves the old in force and is logged. */
export async function reloadInForce(config: ReloadableConfig, told: ReloadTold, logger: Logger): Promise<void> {
  const reload = await config.reload();
  if (reload.kind === 'swapped') {
    logger.info({ version: reload.version, changes: reload.changes }, 'configuration reloaded');
    return told.swapped(reload.version, reload.changes);
  }
  const errors = reload.problems.filter(({ severity }) => severity === 'error');
  logger.error({ problems: errors }, 'changed configuration refused, the old one stays in force');
  return told.refused(reload.version, errors.length);
}
