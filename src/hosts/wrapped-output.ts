import { createProgramOutput, type ProgramOutput } from './program-output.ts';
import type { OutputStream, ProgramOptions } from './shell.ts';

/** What the wrapper said before the program printed anything. */
export type Beginning =
  /** It runs, as this process (and process group). */
  | { readonly kind: 'started'; readonly pid: number }
  | { readonly kind: 'refused'; readonly why: 'missing' | 'forbidden' | 'unlocked' }
  /** The key was used before. */
  | { readonly kind: 'known'; readonly first: KnownCall };

/** What lies in a lock's folder. */
export interface KnownCall {
  /** Whether a process group of its number is there. */
  readonly mayRun: boolean;
  /** As the machine's clock had it; null: not written. */
  readonly startedAt: string | null;
  readonly exitCode: number | null;
  /** Why it was ended from outside; null: it was not. */
  readonly ended: 'timeout' | 'aborted' | null;
}

export interface WrappedOutput {
  readonly stdout: ProgramOutput;
  readonly stderr: ProgramOutput;
  /** Null while the wrapper has not said it. */
  beginning(): Beginning | null;
}

/** Most that a login shell may print before; more is dropped. */
const LONGEST_NOISE = 64 * 1024;

/** Tells the wrapper's own lines, and what a login shell prints before them, from what the program prints. */
export function createWrappedOutput(
  mark: string,
  options: { maxBytes: number; tell?: ProgramOptions['onOutput'] | undefined; started?: (pid: number) => void },
): WrappedOutput {
  const said = new Map<string, string>();
  const { maxBytes, tell } = options;
  const tellOf = (stream: OutputStream) => tell && ((text: string) => tell(text, stream));
  const stdout = createProgramOutput(maxBytes, tellOf('stdout'));
  const stderr = createProgramOutput(maxBytes, tellOf('stderr'));
  const heed = (line: string) => {
    const at = line.lastIndexOf(`${mark} `);
    if (at < 0) return false;
    const [word = '', ...rest] = line.slice(at + mark.length + 1).split(' ');
    said.set(word, rest.join(' '));
    if (word !== 'pid') return false;
    options.started?.(Number(rest[0]));
    return true;
  };
  return {
    stdout: behind(stdout, (line) => line.endsWith(mark)),
    stderr: behind(stderr, heed),
    beginning: () => beginningOf(said),
  };
}

/** Gives on only what comes after the line that `isLast` knows. */
function behind(output: ProgramOutput, isLast: (line: string) => boolean): ProgramOutput {
  let isOpen = false;
  let waiting = Buffer.alloc(0);
  const write = (chunk: Uint8Array): void => {
    if (isOpen) {
      output.write(chunk);
      return;
    }
    waiting = Buffer.concat([waiting, chunk]);
    for (let end = waiting.indexOf(10); end >= 0; end = waiting.indexOf(10)) {
      const line = waiting.toString('utf8', 0, end);
      waiting = waiting.subarray(end + 1);
      if (!isLast(line)) continue;
      isOpen = true;
      if (waiting.length > 0) output.write(waiting);
      return;
    }
    if (waiting.length > LONGEST_NOISE) waiting = Buffer.alloc(0);
  };
  return { ...output, write };
}

function beginningOf(said: ReadonlyMap<string, string>): Beginning | null {
  const pid = said.get('pid');
  if (pid !== undefined) return { kind: 'started', pid: Number(pid) };
  for (const why of ['missing', 'forbidden', 'unlocked'] as const) if (said.has(why)) return { kind: 'refused', why };
  const known = said.get('known');
  if (known === undefined) return null;
  const exit = /^(\d{1,3}) /.exec(said.get('exit') ?? '')?.[1];
  const end = said.get('end');
  const first: KnownCall = {
    mayRun: known === 'runs',
    startedAt: /^\d+ (\S+Z)$/.exec(said.get('call') ?? '')?.[1] ?? null,
    exitCode: exit === undefined ? null : Number(exit),
    ended: end === 'timeout' || end === 'aborted' ? end : null,
  };
  return { kind: 'known', first };
}
