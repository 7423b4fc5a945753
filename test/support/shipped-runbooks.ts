import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Parameters with which each shipped runbook is tried, by its name; a runbook without a row is a failure that names it. */
const PARAMETERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  restart: { service: 'gianna' },
  scale: { service: 'gianna', replicas: '+1' },
  'block-ip': { addresses: '203.0.113.7 2001:db8::7', for: '1h' },
  'unblock-ip': { addresses: '203.0.113.7' },
  'block-from-log': { log_host: 'local', file: '/etc/hostname', match: '401' },
};

const folder = fileURLToPath(new URL('../../config/runbooks', import.meta.url));

/** The files of config/runbooks. */
export function shippedRunbooks(): ReadonlyArray<{ readonly runbook: string; readonly file: string }> {
  const files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  return files.map((name) => ({ runbook: basename(name).replace(/\.ya?ml$/, ''), file: join(folder, name) }));
}

/** What a shipped runbook is tried with. */
export function parametersOf(runbook: string): Readonly<Record<string, string>> {
  const found = PARAMETERS[runbook];
  if (found === undefined) throw new Error(`give "${runbook}" a row in test/support/shipped-runbooks.ts`);
  return found;
}
