import { setTimeout as pause } from 'node:timers/promises';
import { OpsError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { endedFromOutside, notStarted, onceResult, sayLost, whyNoEnvironment, whyNoProgram } from './program-result.ts';
import { quoteArgv } from './quote.ts';
import { createShareFirst } from './share-first.ts';
import type { OnceResult, ProgramOptions, ProgramResult, Shell } from './shell.ts';
import { createSlots, type Slots } from './slots.ts';
import { chaseRemote, endRemote } from './ssh-end.ts';
import type { Held, SshLine } from './ssh-line.ts';
import { type ChannelEnd, openChannel, type RemoteProgram } from './ssh-program.ts';
import { createWaitingShells, type WaitingShells } from './ssh-waiting.ts';
import { createWrappedOutput, type WrappedOutput } from './wrapped-output.ts';
import { commandLine, inputOf, lockNameOf, newCall, type WrappedCall } from './wrapper.ts';

export interface SshShellDeps {
  readonly line: SshLine;
  readonly logger: Logger;
  /** What a key is unique within: one database. */
  readonly installation: string;
}

/** sshd lets a connection have 10 sessions (MaxSessions): one waits, two are left to end what has run out of time. */
const MOST_AT_ONCE = 7;
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
  const places = { slots: createSlots(MOST_AT_ONCE), waiting: createWaitingShells() };
  const share = createShareFirst();
  return {
    host,
    run: async (argv, options) => {
      const { result, output } = await runWrapped({ ...deps, ...places, lock: null }, argv, options);
      const begun = output?.beginning() ?? null;
      return begun?.kind === 'refused' ? onceResult(argv, begun, result).result : result;
    },
    once: (key, argv, options) => {
      const name = lockNameOf(key, [host, deps.installation]);
      return share(name, async (): Promise<OnceResult> => {
        const lock = { folder: null, name };
        const { result, output } = await runWrapped({ ...deps, ...places, lock }, argv, options);
        return onceResult(argv, output?.beginning() ?? null, result);
      });
    },
  };
}

interface Running extends SshShellDeps {
  readonly slots: Slots;
  readonly waiting: WaitingShells;
  readonly lock: WrappedCall['lock'];
}
interface Asked {
  readonly argv: readonly string[];
  readonly options: ProgramOptions;
  readonly time: Time;
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
    quoteArgv(argv); // refuses what cannot be carried before anything is sent
    const free = await deps.slots.take(time.over);
    if (free === null) return { result: tooLate(deps, options, time), output: null };
    try {
      return await runOnLine(deps, { argv, options, time });
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

async function runOnLine(deps: Running, asked: Asked): Promise<Ran> {
  const { options, time } = asked;
  const begun = performance.now();
  for (;;) {
    const withinMs = Math.min(CONNECT_MS, time.leftMs());
    const held = options.fresh === true ? await deps.line.open(withinMs) : await deps.line.take(withinMs);
    try {
      const ran = await tryOn(held, deps, asked);
      if (ran !== 'again') return ran;
    } catch (error) {
      const isBusy = held.isShared() || performance.now() - begun < CLOSING_MS;
      if (!(error instanceof OpsError && error.code === 'CHANNEL_REFUSED' && isBusy)) throw error;
      deps.waiting.drop(held);
      await pause(ASK_AGAIN_MS);
    } finally {
      held.release();
    }
    if (time.over.aborted) return { result: tooLate(deps, options, time), output: null };
  }
}

/** `again`: the connection had died unnoticed, and nothing was sent, so that a new one may be tried. */
async function tryOn(held: Held, deps: Running, asked: Asked): Promise<Ran | 'again'> {
  const { argv, options, time } = asked;
  const taken = await takeShell(held, deps, asked);
  if (taken === 'lost') return 'again';
  if (taken === null) {
    held.retire(); // it did not answer: nobody else should wait for it
    return { result: tooLate(deps, options, time), output: null };
  }
  const { call, output, program } = taken;
  const end = await program.run(inputOf(call, argv, options), time.over);
  const result = await conclude({ deps, held, options, time, ...taken, end });
  deps.logger.debug({ host: deps.line.host, end: result.end, exitCode: result.exitCode }, 'remote program ended');
  if (result.end === 'exited' && output.beginning()?.kind === 'started') deps.waiting.prepare(held);
  return { result, output };
}

interface Taken {
  readonly call: WrappedCall;
  readonly output: WrappedOutput;
  readonly program: RemoteProgram;
}

/** The shell that waits, where there is one; else a new one. `lost` and null as by `openChannel`. */
async function takeShell(
  held: Held,
  { lock, waiting }: Running,
  { argv, options, time }: Asked,
): Promise<Taken | 'lost' | null> {
  const { maxBytes, onOutput: tell, onStarted } = options;
  const started = onStarted === undefined ? {} : { started: onStarted };
  const outputOf = ({ mark }: WrappedCall) => createWrappedOutput(mark, { maxBytes, tell, ...started });
  const ready = lock === null ? waiting.take(held) : null;
  if (ready !== null) {
    const output = outputOf(ready.call);
    const program = await ready.wake(output, time.over);
    if (program !== 'gone') return program === null ? null : { call: ready.call, output, program };
  }
  const call = newCall(lock);
  const output = outputOf(call);
  const command = commandLine(call, argv, options.timeoutMs);
  const program = await openChannel({ held, command, output, stop: time.over });
  return program === null || program === 'lost' ? program : { call, output, program };
}

interface Ending extends Taken {
  readonly deps: Running;
  readonly held: Held;
  readonly options: ProgramOptions;
  readonly time: Time;
  readonly end: ChannelEnd;
}

async function conclude(ending: Ending): Promise<ProgramResult> {
  const { deps, held, options, time, call, output, program, end } = ending;
  const printed = () => {
    for (const each of [output.stdout, output.stderr]) each.end();
    const truncated = output.stdout.isTruncated() || output.stderr.isTruncated();
    return { stdout: output.stdout.text(), stderr: output.stderr.text(), truncated };
  };
  if (end.kind === 'over') {
    const why = time.why();
    const begun = output.beginning();
    const pid = begun?.kind === 'started' ? begun.pid : null;
    deps.waiting.drop(held);
    const isGone = await endRemote({ line: deps.line, held, call, pid, why });
    if (isGone === null) {
      held.retire();
      chaseRemote({ line: deps.line, call, pid, why });
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
