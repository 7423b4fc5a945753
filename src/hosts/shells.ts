import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { ConfigSource, HostConfig, SshHostConfig } from '../core/config/config.ts';
import { refuse } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { createEngines, type EngineOf } from './engines.ts';
import { requireHost } from './known-hosts.ts';
import { createLocalShell } from './local-shell.ts';
import type { Shell, ShellOf } from './shell.ts';
import type { OnHostKey } from './ssh-connect.ts';
import { createSshLine, type SshLine } from './ssh-line.ts';
import { createSshShell } from './ssh-shell.ts';

export interface ShellsDeps {
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A folder of this bot's own that outlives it, beside its database; locks of this machine go to `run/` in it. */
  readonly stateFolder: string;
  /** Socket of the SSH agent; null: there is none. */
  readonly sshAgent: string | null;
  /** What names this bot's database on machines that others act on too: keys are unique within it. */
  readonly installation: string;
  /** Is told which key each host showed, at every new connection. */
  readonly onHostKey?: OnHostKey;
}

/** How hosts of hosts.yml are reached. Nothing is connected before its first use; one host never waits for another. */
export interface Shells {
  readonly of: ShellOf;
  /** The Docker Engine of a host; a refusal when it has none. */
  readonly engineOf: EngineOf;
  /** Ends every connection; what runs over them goes on there, unseen. */
  close(): Promise<void>;
}

/**
 * What comes in: the name of a host in hosts.yml, as the configuration in force has it. What goes out: its shell, its
 * engine.
 */
export function createShells(deps: ShellsDeps): Shells {
  const lines = new Map<string, SshLine>();
  const shells = new Map<string, Shell>();
  const lineOf = (host: string): SshLine => {
    sshConfigOf(deps.config, host);
    const told = deps.onHostKey === undefined ? {} : { onKey: deps.onHostKey };
    const target = () => ({ host, config: sshConfigOf(deps.config, host), agent: deps.sshAgent, ...told });
    const line = lines.get(host) ?? createSshLine({ target, clock: deps.clock, logger: deps.logger });
    lines.set(host, line);
    return line;
  };
  const make = (name: string, { connect }: HostConfig): Shell => {
    if (connect === 'local') return createLocalShell({ host: name, locks: join(deps.stateFolder, 'run') });
    return createSshShell({ line: lineOf(name), logger: deps.logger, installation: deps.installation });
  };
  return {
    of: (name) => {
      const host = requireHost(deps.config.current(), name);
      if (host.connect === 'docker') throw noShell(name);
      const key = `${host.connect} ${name}`;
      const shell = shells.get(key) ?? make(name, host);
      shells.set(key, shell);
      return shell;
    },
    engineOf: createEngines({ config: deps.config, lineOf }),
    close: async () => {
      for (const line of lines.values()) line.close();
    },
  };
}

/** A host that was taken out of hosts.yml, or reached by SSH no longer, is refused also by those who knew it. */
function sshConfigOf(config: ConfigSource, name: string): SshHostConfig {
  const host = requireHost(config.current(), name);
  if (host.connect === 'ssh') return host;
  throw refuse(
    'HOST_UNFIT',
    `The host "${name}" has connect: ${host.connect}, but connect: ssh is needed here.`,
    'Name a host with connect: ssh in hosts.yml.',
  );
}

/** The refusal of a host on which no program runs. */
export function noShell(name: string) {
  return refuse(
    'HOST_UNFIT',
    `The host "${name}" has connect: docker: its engine can be asked, but no program runs there.`,
    'Name a host with connect: local or connect: ssh in hosts.yml.',
  );
}
