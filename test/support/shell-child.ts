import { pino } from 'pino';
import { systemClock } from '../../src/core/clock.ts';
import type { HostConfig } from '../../src/core/config/config.ts';
import { createShells } from '../../src/hosts/shells.ts';
import { configOf } from './probe-config.ts';

/**
 * A process that a test kills: runs one program once for a key and says `started`, and then what came of it. Argument:
 * JSON of what to run, where.
 */
export interface ShellChildAsked {
  readonly host: HostConfig;
  readonly stateFolder: string;
  readonly key: string;
  readonly argv: readonly string[];
}

const { host, stateFolder, key, argv } = JSON.parse(process.argv[2] ?? '') as ShellChildAsked;
const shells = createShells({
  config: configOf({ hosts: { there: host } }),
  clock: systemClock,
  logger: pino({ enabled: false }),
  stateFolder,
  sshAgent: null,
  installation: 'one',
});
const onStarted = () => void process.stdout.write('started\n');
const told = await shells.of('there').once(key, argv, { timeoutMs: 20_000, maxBytes: 1000, onStarted });
process.stdout.write(`${JSON.stringify(told)}\n`);
await shells.close();
