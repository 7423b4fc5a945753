import { homedir } from 'node:os';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { printable } from './printable.ts';
import { createProgramOutput, type ProgramOutput } from './program-output.ts';
import { endedFromOutside, notStarted, whyNoEnvironment, whyNoProgram } from './program-result.ts';
import type { OutputStream, ProgramOptions, ProgramResult } from './shell.ts';

const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const GRACE_MS = 2000;
const DRAIN_MS = 200;

/** Where the two outputs of a program go. */
export interface ProgramOutputs {
  readonly stdout: ProgramOutput;
  readonly stderr: ProgramOutput;
}

/**
 * Runs a program of this machine from its argv, without a shell, in a process group of its own and with a small fixed
 * environment (PATH, HOME, LANG): the bot's own secrets are never passed on. A service that `argv` leaves behind
 * outlives the call and must send its output elsewhere: the pipes are closed once the program itself has ended. The
 * bot's own end does not end the program.
 */
export async function runProgram(
  argv: readonly string[],
  options: ProgramOptions,
  outputs: ProgramOutputs = outputsOf(options),
): Promise<ProgramResult> {
  const [file = '', ...args] = argv;
  const why = whyNoProgram(argv) ?? whyNoEnvironment(options.env);
  if (why !== null) return notStarted(why);
  if (options.signal?.aborted) return { ...notStarted('stopped before it was started'), end: 'aborted', isGone: true };
  // Imported at the first use: it is a good part of the start's time.
  const { execa } = await import('execa');
  const child = execa(file, args, {
    shell: false,
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
    extendEnv: false,
    env: { PATH: `${SYSTEM_PATH}:${dirname(process.execPath)}`, HOME: homedir(), LANG: 'C.UTF-8', ...options.env },
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
  });
  const ended = [collect(child.stdout, outputs.stdout), collect(child.stderr, outputs.stderr)];
  const pid = child.pid;
  if (pid === undefined) return notStarted(sayStartFailure(file, (await child).cause));
  options.onStarted?.(pid);
  const end = await endOf(child, options);
  const isGone = end === 'timeout' || end === 'aborted' ? await endGroup(pid) : null;
  await Promise.race([Promise.all(ended), sleep(DRAIN_MS)]);
  for (const stream of [child.stdout, child.stderr]) stream.destroy();
  return resultOf(end, options.timeoutMs, isGone, outputs);
}

function outputsOf({ maxBytes, onOutput }: ProgramOptions): ProgramOutputs {
  const tell = (stream: OutputStream) => onOutput && ((text: string) => onOutput(text, stream));
  return {
    stdout: createProgramOutput(maxBytes, tell('stdout')),
    stderr: createProgramOutput(maxBytes, tell('stderr')),
  };
}

type End = 'timeout' | 'aborted' | { code: number | null; signal: string | null };

function endOf(
  child: { once(event: 'exit', listener: (code: number | null, signal: string | null) => void): unknown },
  { timeoutMs, signal: stop }: ProgramOptions,
): Promise<End> {
  return new Promise((resolve) => {
    const finish = (end: End) => {
      clearTimeout(timer);
      stop?.removeEventListener('abort', abort);
      resolve(end);
    };
    const abort = () => finish('aborted');
    const timer = setTimeout(() => finish('timeout'), timeoutMs);
    stop?.addEventListener('abort', abort, { once: true });
    if (stop?.aborted) abort();
    child.once('exit', (code, signal) => finish({ code, signal }));
  });
}

function resultOf(
  end: End,
  timeoutMs: number,
  isGone: boolean | null,
  { stdout, stderr }: ProgramOutputs,
): ProgramResult {
  for (const each of [stdout, stderr]) each.end();
  const truncated = stdout.isTruncated() || stderr.isTruncated();
  const output = { stdout: stdout.text(), stderr: stderr.text(), truncated };
  if (typeof end === 'string') return endedFromOutside(end, { timeoutMs, isGone, output });
  if (end.code !== null) return { end: 'exited', exitCode: end.code, failure: null, isGone: null, ...output };
  const failure = `ended by ${end.signal ?? 'a signal'}`;
  return { end: 'signalled', exitCode: null, failure, isGone: null, ...output };
}

/** Asks the group to end, then forces it; true once no process of it is left. */
async function endGroup(pid: number): Promise<boolean> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!signalGroup(pid, signal)) return true;
    const attempts = GRACE_MS / 50;
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (!signalGroup(pid, 0)) return true;
      await sleep(50);
    }
  }
  return false;
}

/** False when the group is gone. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false; // ESRCH: no process of the group is left.
  }
}

function collect(stream: Readable, output: ProgramOutput): Promise<void> {
  stream.on('data', (chunk: Buffer | string) => output.write(Buffer.from(chunk)));
  return new Promise((resolve) => {
    stream.once('close', resolve);
    stream.once('error', () => resolve());
  });
}

function sayStartFailure(file: string, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
  if (code === 'ENOENT') return `there is no program "${printable(file)}"`;
  if (code === 'EACCES') return `"${printable(file)}" may not be run by this account`;
  return `"${printable(file)}" could not be started (${code})`;
}
