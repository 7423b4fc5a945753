import type { Clock } from '../../core/clock.ts';
import type { DriverConfig } from '../../core/config/config.ts';
import { OpsError, transient } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { sha256 } from '../digest.ts';
import type { ActionCall, ActionResult, Observed, ServiceAction, ServiceDriver, ServiceTarget } from '../driver.ts';
import type { NoteProcess, Once } from '../once.ts';
import { firstLine } from '../printable.ts';
import type { ProgramResult, Shell } from '../shell.ts';

export type CommandConfig = Extract<DriverConfig, { kind: 'command' }>;
export interface CommandDriverDeps {
  readonly host: string;
  readonly service: string;
  readonly config: CommandConfig;
  readonly shell: Shell;
  readonly once: Once;
  readonly clock: Clock;
  readonly logger: Logger;
}

const ACT_TIMEOUT_MS = 60_000;
const STATUS_TIMEOUT_MS = 10_000;
const MAX_BYTES = 64 * 1024;
/** For how long after its start or stop command the status may still say the other. */
const SETTLE_MS = 10_000;
const LOOK_EVERY_MS = 250;

/** A service that is started, stopped and looked at by commands of its host; status exit 0 means it runs. */
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
    observe: async () => observed(await askStatus(deps), digest),
    planAction: (_target, action) => planAction(deps, action),
    act: async (asked, action, key) => {
      if (asked.id !== target.id) return { outcome: 'not-done', summary: 'its commands have changed since the plan' };
      return deps.once(key, target, (note) => actOnce({ ...deps, key, note }, action));
    },
  };
}

function digestOfCommands({ start, stop, status }: CommandConfig): string {
  return sha256(JSON.stringify([start, stop, status])).slice(0, 32);
}

function planAction({ config, service }: CommandDriverDeps, action: ServiceAction): ActionCall {
  const [start, stop] = [printArgv(config.start), printArgv(config.stop)];
  switch (action.kind) {
    case 'restart': {
      const isForced = action.mode === 'forced';
      const forced = isForced ? ' (a command service has no forced stop: the same commands are used)' : '';
      return {
        call: `${stop}, then ${start}`,
        effect: `${service} is stopped, then started again${forced}`,
        undo: null,
      };
    }
    case 'start':
      return { call: start, effect: `${service} is started`, undo: stop };
    case 'stop':
      return { call: stop, effect: `${service} is stopped`, undo: start };
    default:
      return action satisfies never;
  }
}

/** An argv for people, unambiguous: `["systemctl","stop","worker"]`. */
function printArgv(argv: readonly string[]): string {
  return JSON.stringify(argv);
}

/** The exit code of the status command. */
async function askStatus({ config, service, shell }: CommandDriverDeps): Promise<number> {
  const result = await shell.run(config.status, { timeoutMs: STATUS_TIMEOUT_MS, maxBytes: MAX_BYTES });
  if (result.exitCode !== null) return result.exitCode;
  throw transient(
    'STATUS_UNKNOWN',
    `The status command of ${service} gave no answer: ${result.failure ?? 'no exit code'}.`,
    'Run it by hand as the account that gianna-ops uses there; it must exit 0 when the service runs.',
  );
}

function observed(exitCode: number, digest: string): Observed {
  const running = exitCode === 0;
  return {
    running,
    health: 'none',
    startedAt: null,
    restarts: null,
    exitCode: running ? null : exitCode,
    facts: { commands: digest },
  };
}

interface Acting extends CommandDriverDeps {
  readonly key: string;
  readonly note: NoteProcess;
}

function actOnce(deps: Acting, action: ServiceAction): Promise<ActionResult> {
  return action.kind === 'restart' ? restartOnce(deps) : switchOnce(deps, action.kind);
}

async function restartOnce(deps: Acting): Promise<ActionResult> {
  const stop = await act(deps, 'stop');
  if (isUnseen(stop)) return { outcome: 'unknown', summary: `stop was ${say(stop)}; start was not tried` };
  if (stop.exitCode !== 0 && (await mayRun(deps))) {
    return { outcome: 'not-done', summary: `stop failed (${say(stop)}); start was not tried` };
  }
  const start = await act(deps, 'start');
  if (isUnseen(start)) return { outcome: 'unknown', summary: `stopped, but start was ${say(start)}` };
  if (start.exitCode !== 0) return { outcome: 'not-done', summary: `stopped, but start failed (${say(start)})` };
  return { outcome: 'done', summary: `${deps.service} stopped and started again` };
}

const PAST = { start: 'started', stop: 'stopped' } as const;
const ALREADY = { start: 'ran already', stop: 'was stopped already' } as const;
const BACK = { start: { kind: 'stop' }, stop: { kind: 'start' } } as const;

/** Start or stop: what the status command says before and after is the proof. */
async function switchOnce(deps: Acting, verb: 'start' | 'stop'): Promise<ActionResult> {
  const { service } = deps;
  const before = await look(deps);
  if (before.kind === 'lost') return { outcome: 'not-done', summary: `nothing was done: ${before.said}` };
  const wanted = verb === 'start';
  if (before.running === wanted) return { outcome: 'done', summary: `${service} ${ALREADY[verb]}; nothing was done` };
  const program = await act(deps, verb);
  const after = await settle(deps, wanted);
  const ended = program.exitCode === 0 ? '' : ` (${say(program)})`;
  if (after.kind === 'lost') {
    return {
      outcome: 'unknown',
      summary: `it is not known whether ${service} was ${PAST[verb]}${ended}: ${after.said}`,
    };
  }
  if (after.running !== wanted) {
    if (isUnseen(program)) return { outcome: 'unknown', summary: `${verb} of ${service} was ${say(program)}` };
    return { outcome: 'not-done', summary: `${service} was not ${PAST[verb]}${ended}; its status says ${after.said}` };
  }
  return { outcome: 'done', summary: `${service} ${PAST[verb]}${ended}`, undo: BACK[verb] };
}

type Look =
  | { readonly kind: 'seen'; readonly running: boolean; readonly said: string }
  | { readonly kind: 'lost'; readonly said: string };

async function look(deps: CommandDriverDeps): Promise<Look> {
  try {
    const exitCode = await askStatus(deps);
    return { kind: 'seen', running: exitCode === 0, said: `exit ${exitCode}` };
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    return { kind: 'lost', said: error.message };
  }
}

async function settle(deps: CommandDriverDeps, wanted: boolean): Promise<Look> {
  const until = deps.clock.monotonicMs() + SETTLE_MS;
  for (;;) {
    const seen = await look(deps);
    const isAsWanted = seen.kind === 'seen' && seen.running === wanted;
    if (isAsWanted || deps.clock.monotonicMs() >= until) return seen;
    await new Promise<void>((resolve) => deps.clock.after(LOOK_EVERY_MS, resolve));
  }
}

async function act({ shell, key, note, ...deps }: Acting, verb: 'start' | 'stop'): Promise<ProgramResult> {
  const { result, isFirst } = await shell.once(`${key}-${verb}`, deps.config[verb], {
    timeoutMs: ACT_TIMEOUT_MS,
    maxBytes: MAX_BYTES,
    onStarted: (pid) => {
      note(pid).catch((error: unknown) => deps.logger.warn({ err: error }, 'process id not written beside the lock'));
    },
  });
  const { end, exitCode, failure } = result;
  deps.logger.info(
    { service: deps.service, verb, argv: deps.config[verb], isFirst, end, exitCode, failure },
    'service command ended',
  );
  return result;
}

/** Whether its end was not seen, so that it may have done anything. */
function isUnseen({ end }: ProgramResult): boolean {
  return end === 'timeout' || end === 'aborted' || end === 'lost';
}

/** A service that was down already may refuse to stop; only one that runs, or may run, keeps us from starting it. */
async function mayRun(deps: CommandDriverDeps): Promise<boolean> {
  const seen = await look(deps);
  return seen.kind === 'lost' || seen.running;
}

function say(result: ProgramResult): string {
  const printed = firstLine(result.stderr) || firstLine(result.stdout);
  const end = result.failure ?? `exit ${result.exitCode}`;
  return printed === '' ? end : `${end}: ${printed}`;
}
