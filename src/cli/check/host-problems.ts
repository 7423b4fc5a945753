import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../core/config/config.ts';
import { readDocument } from '../../core/config/document.ts';
import type { Settings } from '../../core/config/environment.ts';
import { type Path, type Problem, printPath } from '../../core/config/problem.ts';
import { createLogger, createSecretRegister } from '../../core/logger.ts';
import { type Reached, reachHosts } from '../../probes/reach.ts';

const FILE = 'hosts.yml';

export interface HostsChecked {
  readonly problems: readonly Problem[];
  /** Hosts that were reached, and what they are: `docker-1 (Docker 20.10.24)`. */
  readonly reached: readonly string[];
}

/** Reaches every host (or those that `only` means) and looks for their services; what is wrong stands at its line. */
export async function checkHostsReached(settings: Settings, config: Config, only?: string): Promise<HostsChecked> {
  const { configDir, databaseFile, sshAgent } = settings;
  if (Object.keys(config.hosts).length === 0) return { problems: [], reached: [] };
  const logger = createLogger('silent', createSecretRegister());
  const all = await reachHosts({ config, databaseFile, sshAgent, logger }, only);
  const document = readDocument(FILE, await readFile(join(configDir, FILE), 'utf8'));
  const problems = all.flatMap(({ kind, name, trouble }) => {
    if (trouble === null) return [];
    const path: Path = kind === 'host' ? ['hosts', name] : ['services', name];
    const place = { file: FILE, ...document.locate(path, 'key'), path: printPath(path) };
    const message = trouble.message.includes(name) ? trouble.message : `${name}: ${trouble.message}`;
    return [{ ...place, severity: 'error' as const, message, hint: trouble.hint === '' ? null : trouble.hint }];
  });
  return { problems, reached: all.filter(isReachedHost).map(({ name, what }) => `${name} (${what})`) };
}

function isReachedHost({ kind, trouble }: Reached): boolean {
  return kind === 'host' && trouble === null;
}
