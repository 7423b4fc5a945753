import type { DriverConfig } from '../../core/config/config.ts';
import { transient } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { sha256 } from '../digest.ts';
import type { ActionResult, Observed, RestartCall, RestartMode, ServiceDriver, ServiceTarget } from '../driver.ts';
import { type LocalResult, runLocal } from '../local.ts';
import type { NoteProcess, Once } from '../once.ts';
import { firstLine } from '../printable.ts';

export type CommandConfig = Extract<DriverConfig, { kind: 'command' }>;
export interface CommandDriverDeps {
  readonly host: string;
  readonly service: string;
  readonly config: CommandConfig;
  readonly once: Once;
  readonly logger: Logger;
}

const ACT_TIMEOUT_MS = 60_000;
const STATUS_TIMEOUT_MS = 10_000;
const MAX_BYTES = 64 * 1024;

/** A service of this machine that is started, stopped and looked at by commands; status exit 0 means it runs. */
export function createCommandDriver(deps: CommandDriverDeps): ServiceDriver {
  const digest = digestOfCommands(deps.config);
  const target: ServiceTarget = {
    host: deps.host,
    service: deps.service,
    id: `command:${digest}`,
    name: `${deps.service} (command)`,
  };
  return {
    kind: 'command',
    targets: async () => [target],
    observe: async () => observed(await runStatus(deps), digest),
    planRestart: (_target, mode) => planRestart(deps, mode),
    restart: async (asked, _mode, key) => {
      if (asked.id !== target.id) return { outcome: 'not-done', summary: 'its commands have changed since the plan' };
      return deps.once(key, target, (note) => restartOnce(deps, note));
    },
  };
}

function digestOfCommands({ start, stop, status }: CommandConfig): string {
  return sha256(JSON.stringify([start, stop, status])).slice(0, 32);
}

function planRestart({ config, service }: CommandDriverDeps, mode: RestartMode): RestartCall {
  const forced = mode === 'forced' ? ' (a command service has no forced stop: the same commands are used)' : '';
  return {
    call: `${printArgv(config.stop)}, then ${printArgv(config.start)}`,
    effect: `${service} is stopped, then started again${forced}`,
    undo: null,
  };
}

/** An argv for people, unambiguous: `["systemctl","stop","worker"]`. */
function printArgv(argv: readonly string[]): string {
  return JSON.stringify(argv);
}

async function runStatus({ config, service }: CommandDriverDeps): Promise<LocalResult & { exitCode: number }> {
  const result = await runLocal(config.status, { timeoutMs: STATUS_TIMEOUT_MS, maxBytes: MAX_BYTES });
  if (result.exitCode !== null) return { ...result, exitCode: result.exitCode };
  throw transient(
    'STATUS_UNKNOWN',
    `The status command of ${service} gave no answer: ${result.failure ?? 'no exit code'}.`,
    'Run it by hand as the account of gianna-ops; it must exit 0 when the service runs.',
  );
}

function observed(status: { readonly exitCode: number }, digest: string): Observed {
  const running = status.exitCode === 0;
  return {
    running,
    health: 'none',
    startedAt: null,
    restarts: null,
    exitCode: running ? null : status.exitCode,
    facts: { commands: digest },
  };
}

async function restartOnce(deps: CommandDriverDeps, note: NoteProcess): Promise<ActionResult> {
  const stop = await act(deps, 'stop', note);
  if (stop.timedOut) return { outcome: 'unknown', summary: `stop was ${say(stop)}; start was not tried` };
  if (stop.exitCode !== 0 && (await mayRun(deps))) {
    return { outcome: 'not-done', summary: `stop failed (${say(stop)}); start was not tried` };
  }
  const start = await act(deps, 'start', note);
  if (start.timedOut) return { outcome: 'unknown', summary: `stopped, but start was ${say(start)}` };
  if (start.exitCode !== 0) return { outcome: 'not-done', summary: `stopped, but start failed (${say(start)})` };
  return { outcome: 'done', summary: `${deps.service} stopped and started again` };
}

async function act(deps: CommandDriverDeps, verb: 'start' | 'stop', note: NoteProcess): Promise<LocalResult> {
  const result = await runLocal(deps.config[verb], {
    timeoutMs: ACT_TIMEOUT_MS,
    maxBytes: MAX_BYTES,
    onStarted: (pid) => {
      note(pid).catch((error: unknown) => deps.logger.warn({ err: error }, 'process id not written beside the lock'));
    },
  });
  const { exitCode, failure } = result;
  deps.logger.info(
    { service: deps.service, verb, argv: deps.config[verb], exitCode, failure },
    'service command ended',
  );
  return result;
}

/** A service that was down already may refuse to stop; only one that runs, or may run, keeps us from starting it. */
async function mayRun(deps: CommandDriverDeps): Promise<boolean> {
  const status = await runLocal(deps.config.status, { timeoutMs: STATUS_TIMEOUT_MS, maxBytes: MAX_BYTES });
  return status.exitCode === null || status.exitCode === 0;
}

function say(result: LocalResult): string {
  const printed = firstLine(result.stderr) || firstLine(result.stdout);
  const end = result.failure ?? `exit ${result.exitCode}`;
  return printed === '' ? end : `${end}: ${printed}`;
}
