import { homedir } from 'node:os';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { printable } from './printable.ts';

export interface LocalOptions {
  /** After this the whole process group is ended. */
  readonly timeoutMs: number;
  /** Bytes kept of stdout and of stderr, each; the rest is read and dropped. */
  readonly maxBytes: number;
  readonly input?: string;
  /** Added to a small fixed environment (PATH, HOME, LANG): the bot's own secrets are never passed on. */
  readonly env?: Readonly<Record<string, string>>;
  /** Told the process id once the program runs. */
  readonly onStarted?: (pid: number) => void;
}

export interface LocalResult {
  /** Null when the program could not be started, was ended by a signal, or ran into the time limit. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  /** In words, when there is no exit code: `there is no program "x"`, `ended by SIGKILL`. */
  readonly failure: string | null;
  /** False when the program never ran, so that nothing can have happened. */
  readonly started: boolean;
  /** Control sequences removed. */
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
}

const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const GRACE_MS = 2000;
const DRAIN_MS = 200;

/**
 * Runs a program of this machine from its argv, without a shell, in a process group of its own. Never throws for what
 * the program does. A service that `argv` leaves behind outlives the call and must send its output elsewhere: the
 * pipes are closed once the program itself has ended. The bot's own end does not end the program.
 */
export async function runLocal(argv: readonly string[], options: LocalOptions): Promise<LocalResult> {
  const [file, ...args] = argv;
  if (file === undefined || file === '') return notStarted('the command is empty');
  if (argv.some((each) => each.includes('\0'))) return notStarted('an argument holds a NUL character');
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
  const stdout = collect(child.stdout, options.maxBytes);
  const stderr = collect(child.stderr, options.maxBytes);
  const pid = child.pid;
  if (pid === undefined) return notStarted(sayStartFailure(file, (await child).cause));
  options.onStarted?.(pid);
  const end = await endOf(child, options.timeoutMs);
  const gone = end === 'timeout' ? await endGroup(pid) : true;
  await Promise.race([Promise.all([stdout.ended, stderr.ended]), sleep(DRAIN_MS)]);
  for (const stream of [child.stdout, child.stderr]) stream.destroy();
  const output = {
    stdout: stdout.text(),
    stderr: stderr.text(),
    truncated: stdout.truncated() || stderr.truncated(),
  };
  return { started: true, ...output, ...sayEnd(end, options.timeoutMs, gone) };
}

type End = 'timeout' | { code: number | null; signal: string | null };

function endOf(
  child: { once(event: 'exit', listener: (code: number | null, signal: string | null) => void): unknown },
  timeoutMs: number,
): Promise<End> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('timeout'), timeoutMs);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal });
    });
  });
}

function sayEnd(end: End, timeoutMs: number, gone: boolean): Pick<LocalResult, 'exitCode' | 'timedOut' | 'failure'> {
  if (end === 'timeout') {
    const left = gone ? 'it was ended' : 'it could not be ended and may still run';
    return { exitCode: null, timedOut: true, failure: `not finished within ${timeoutMs / 1000} s; ${left}` };
  }
  if (end.code === null) return { exitCode: null, timedOut: false, failure: `ended by ${end.signal ?? 'a signal'}` };
  return { exitCode: end.code, timedOut: false, failure: null };
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

function collect(stream: Readable, maxBytes: number) {
  const chunks: Buffer[] = [];
  let kept = 0;
  let cut = false;
  stream.on('data', (chunk: Buffer | string) => {
    const bytes = Buffer.from(chunk);
    const room = maxBytes - kept;
    if (bytes.length > room) cut = true;
    if (room <= 0) return;
    chunks.push(bytes.subarray(0, room));
    kept += Math.min(room, bytes.length);
  });
  const ended = new Promise<void>((resolve) => {
    stream.once('close', resolve);
    stream.once('error', () => resolve());
  });
  return { ended, truncated: () => cut, text: () => printable(Buffer.concat(chunks).toString('utf8')) };
}

function notStarted(failure: string): LocalResult {
  return { exitCode: null, timedOut: false, failure, started: false, stdout: '', stderr: '', truncated: false };
}

function sayStartFailure(file: string, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
  if (code === 'ENOENT') return `there is no program "${printable(file)}"`;
  if (code === 'EACCES') return `"${printable(file)}" may not be run by this account`;
  return `"${printable(file)}" could not be started (${code})`;
}
