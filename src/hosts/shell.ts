/**
 * A machine on which programs run from their argv: this one, or one reached by SSH. What comes in: an argv, never a
 * shell line. What goes out: how it ended, and what it printed.
 */
export interface Shell {
  readonly host: string;
  /** Runs a program. Never throws for what the program or the connection does: the result says it. */
  run(argv: readonly string[], options: ProgramOptions): Promise<ProgramResult>;
  /**
   * Runs a program at most once on that machine for this key (`RUN-1-restart`), for ever: making a folder of that name
   * there is the lock, with process, start time and exit code in it (DESIGN.md, Rules of the engine room). A second
   * call with the same key runs nothing and reports the first.
   */
  once(key: string, argv: readonly string[], options: ProgramOptions): Promise<OnceResult>;
}

export type OutputStream = 'stdout' | 'stderr';

export interface ProgramOptions {
  /** After this the remote process and all it started is ended, and that is checked. */
  readonly timeoutMs: number;
  /** Bytes kept of stdout and of stderr, each; the rest is read and dropped. */
  readonly maxBytes: number;
  readonly input?: string | Uint8Array;
  /** Added to a small fixed environment; secrets may stand here, they never reach an argv. No line feeds in values. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the program as a time-out does. */
  readonly signal?: AbortSignal;
  /** Over a new connection of its own, which ends with it: shows that one can still be made. This machine has none. */
  readonly fresh?: boolean;
  /** Told what is printed while it is; control sequences removed. */
  readonly onOutput?: (text: string, stream: OutputStream) => void;
  /** Told the process id on that machine once the program runs. */
  readonly onStarted?: (pid: number) => void;
}

export interface ProgramResult {
  /** `lost`: the connection broke after the start, nobody knows how it went on. */
  readonly end: 'exited' | 'signalled' | 'timeout' | 'aborted' | 'lost' | 'not-started';
  /** Null unless it exited. */
  readonly exitCode: number | null;
  /** In words, when there is no exit code: `there is no program "x"`, `ended by SIGKILL`. */
  readonly failure: string | null;
  /** Why a host was not reached, where that is why nothing ran: `HOST_KEY_CHANGED`, `HOST_SILENT`, … (ssh-fault.ts). */
  readonly code?: string;
  /** After a time-out or an abort: whether no process of it is left; null: could not be checked, or need not. */
  readonly isGone: boolean | null;
  /** Control sequences removed; not redacted. */
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
}

export interface OnceResult {
  /** False when the key was used before: `result` is what is known of the first, `lost` when its end was not seen. */
  readonly isFirst: boolean;
  readonly result: ProgramResult;
}

/** The shell of a configured host; a refusal (`HOST_UNKNOWN`, `HOST_UNFIT`) when it has none. */
export type ShellOf = (host: string) => Shell;
