import { setTimeout as pause } from 'node:timers/promises';
import { OpsError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { endedFromOutside, notStarted, onceResult, sayLost, whyNoEnvironment, whyNoProgram } from './program-result.ts';
import { createShareFirst } from './share-first.ts';
import type { OnceResult, ProgramOptions, ProgramResult, Shell } from './shell.ts';
import { createSlots, type Slots } from './slots.ts';
import { chaseRemote, endRemote } from './ssh-end.ts';
import type { Held, SshLine } from './ssh-line.ts';
import { type ChannelEnd, openChannel, type RemoteProgram } from './ssh-program.ts';
import { createWrappedOutput, type WrappedOutput } from './wrapped-output.ts';
import { commandLine, inputOf, lockNameOf, newCall, type WrappedCall } from './wrapper.ts';

export interface SshShellDeps {
  readonly line: SshLine;
  readonly logger: Logger;
  /** What a key is unique within: one database. */
  readonly installation: string;
}

/** sshd lets a connection have 10 sessions (MaxSessions): two are left to end what has run out of time. */
const MOST_AT_ONCE = 8;
/** The connection itself gives up after 5 s, and knows better why. */
const CONNECT_MS = 5_500;
/** For how long a host that refuses a session may still be closing those that we have ended. */
const CLOSING_MS = 2_000;
const ASK_AGAIN_MS = 100;
/** After the end of a program: time for what it printed last. */
const DRAIN_MS = 200;

/** A machine reached by SSH, with the account that hosts.yml names. */
export function createSshShell(deps: SshShellDeps): Shell {
  const { host } = deps.line;
  const slots = createSlots(MOST_AT_ONCE);
  const share = createShareFirst();
  return {
    host,
    run: async (argv, options) => {
      const { result, output } = await runWrapped({ ...deps, slots, call: newCall(null) }, argv, options);
      const begun = output?.beginning() ?? null;
      return begun?.kind === 'refused' ? onceResult(argv, begun, result).result : result;
    },
    once: (key, argv, options) => {
      const name = lockNameOf(key, [host, deps.installation]);
      return share(name, async (): Promise<OnceResult> => {
        const call = newCall({ folder: null, name });
        const { result, output } = await runWrapped({ ...deps, slots, call }, argv, options);
        return onceResult(argv, output?.beginning() ?? null, result);
      });
    },
  };
}

interface Running extends SshShellDeps {
  readonly slots: Slots;
  readonly call: WrappedCall;
}
interface Ran {
  readonly result: ProgramResult;
  /** Null when nothing was sent. */
  readonly output: WrappedOutput | null;
}

async function runWrapped(deps: Running, argv: readonly string[], options: ProgramOptions): Promise<Ran> {
  const why = whyNoProgram(argv) ?? whyNoEnvironment(options.env);
  if (why !== null) return { result: notStarted(why), output: null };
  const time = startTime(options);
  try {
    const command = commandLine(deps.call, argv, options.timeoutMs);
    const free = await deps.slots.take(time.over);
    if (free === null) return { result: tooLate(deps, options, time), output: null };
    try {
      return await runOnLine(deps, command, options, time);
    } finally {
      free();
    }
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    return { result: { ...notStarted(`${error.message}; ${error.remedy}`), code: error.code }, output: null };
  } finally {
    time.stop();
  }
}

/** The time of one call: waiting for a place and for the connection are part of it. */
interface Time {
  readonly over: AbortSignal;
  readonly why: () => 'timeout' | 'aborted';
  readonly leftMs: () => number;
  readonly stop: () => void;
}

function startTime({ timeoutMs, signal }: ProgramOptions): Time {
  const deadline = performance.now() + timeoutMs;
  const over = new AbortController();
  const end = () => over.abort();
  const timer = setTimeout(end, timeoutMs);
  signal?.addEventListener('abort', end, { once: true });
  if (signal?.aborted) end();
  return {
    over: over.signal,
    why: () => (signal?.aborted ? 'aborted' : 'timeout'),
    leftMs: () => Math.max(0, deadline - performance.now()),
    stop: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    },
  };
}

/** Its time was over before anything began. */
function tooLate({ line }: Running, { timeoutMs }: ProgramOptions, time: Time): ProgramResult {
  if (time.why() === 'aborted') {
    return { ...notStarted('stopped before it was started'), end: 'aborted', isGone: true };
  }
  return notStarted(`${line.host} did not take it within ${timeoutMs / 1000} s; nothing was started`);
}

async function runOnLine(deps: Running, command: string, options: ProgramOptions, time: Time): Promise<Ran> {
  const begun = performance.now();
  for (;;) {
    const held = await deps.line.take(Math.min(CONNECT_MS, time.leftMs()));
    try {
      const ran = await tryOn(held, deps, { command, options, time });
      if (ran !== 'again') return ran;
    } catch (error) {
      const isBusy = held.isShared() || performance.now() - begun < CLOSING_MS;
      if (!(error instanceof OpsError && error.code === 'CHANNEL_REFUSED' && isBusy)) throw error;
      await pause(ASK_AGAIN_MS);
    } finally {
      held.release();
    }
    if (time.over.aborted) return { result: tooLate(deps, options, time), output: null };
  }
}

/** `again`: the connection had died unnoticed, and nothing was sent, so that a new one may be tried. */
async function tryOn(
  held: Held,
  deps: Running,
  { command, options, time }: { command: string; options: ProgramOptions; time: Time },
): Promise<Ran | 'again'> {
  const { maxBytes, onOutput: tell, onStarted } = options;
  const started = onStarted === undefined ? {} : { started: onStarted };
  const output = createWrappedOutput(deps.call.mark, { maxBytes, tell, ...started });
  const program = await openChannel({ held, command, output, stop: time.over });
  if (program === 'lost') return 'again';
  if (program === null) {
    held.retire(); // it did not answer: nobody else should wait for it
    return { result: tooLate(deps, options, time), output: null };
  }
  const end = await program.run(inputOf(options), time.over);
  const result = await conclude({ deps, held, options, time, output, program, end });
  deps.logger.debug({ host: deps.line.host, end: result.end, exitCode: result.exitCode }, 'remote program ended');
  return { result, output };
}

interface Ending {
  readonly deps: Running;
  readonly held: Held;
  readonly options: ProgramOptions;
  readonly time: Time;
  readonly output: WrappedOutput;
  readonly program: RemoteProgram;
  readonly end: ChannelEnd;
}

async function conclude(ending: Ending): Promise<ProgramResult> {
  const { deps, held, options, time, output, program, end } = ending;
  const printed = () => {
    for (const each of [output.stdout, output.stderr]) each.end();
    const truncated = output.stdout.isTruncated() || output.stderr.isTruncated();
    return { stdout: output.stdout.text(), stderr: output.stderr.text(), truncated };
  };
  if (end.kind === 'over') {
    const why = time.why();
    const begun = output.beginning();
    const pid = begun?.kind === 'started' ? begun.pid : null;
    const isGone = await endRemote({ line: deps.line, held, call: deps.call, pid, why });
    if (isGone === null) {
      held.retire();
      chaseRemote({ line: deps.line, call: deps.call, pid, why });
    }
    program.close();
    return endedFromOutside(why, { timeoutMs: options.timeoutMs, isGone, output: printed() });
  }
  await program.drained(DRAIN_MS);
  program.close();
  const base = { isGone: null, ...printed() };
  if (end.kind === 'lost') return { end: 'lost', exitCode: null, failure: sayLost(deps.line.host), ...base };
  const how = end.code === null ? `ended by ${end.signal ?? 'a signal'}` : `exit ${end.code}`;
  if (output.beginning() === null) {
    return notStarted(`the login shell of that account did not start it (${how}); it must be a POSIX shell`);
  }
  if (end.code !== null) return { end: 'exited', exitCode: end.code, failure: null, ...base };
  return { end: 'signalled', exitCode: null, failure: how, ...base };
}
