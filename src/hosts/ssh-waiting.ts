import type { Client } from 'ssh2';
import { OpsError } from '../core/errors.ts';
import type { Held } from './ssh-line.ts';
import { openChannel, type RemoteProgram, type Sink } from './ssh-program.ts';
import { newCall, type WrappedCall, waitingLine } from './wrapper.ts';

/** A shell on a host that waits for the program it is to become. */
export interface WaitingShell {
  readonly call: WrappedCall;
  /**
   * Asks whether it is still there; from then on what it prints goes to `output`. `gone`: it is not, another may be
   * opened; null: `stop` fired first. In both cases no input was sent, so that nothing begins.
   */
  wake(output: Output, stop: AbortSignal): Promise<RemoteProgram | 'gone' | null>;
}

export interface Output {
  readonly stdout: Sink;
  readonly stderr: Sink;
}

/**
 * One shell waiting on each kept connection. The start of a session and of a login shell is most of what a short program
 * takes; so it is done before it is needed.
 */
export interface WaitingShells {
  /** Has one opened, where there is none; a host that does not take it goes without. */
  prepare(held: Held): void;
  /** The one of this connection, if there is one; it is the caller's now. */
  take(held: Held): WaitingShell | null;
  /** Ends the one of this connection, for its session is needed. */
  drop(held: Held): void;
}

const OPEN_MS = 5_000;

/** No shell waits yet. They end with their connections. */
export function createWaitingShells(): WaitingShells {
  const waiting = new WeakMap<Client, Prepared>();
  const take = (held: Held) => {
    const prepared = waiting.get(held.client);
    waiting.delete(held.client);
    return prepared ?? null;
  };
  return {
    prepare: (held) => {
      if (!waiting.has(held.client) && !held.isLost()) waiting.set(held.client, prepare(held));
    },
    take: (held) => {
      const prepared = take(held);
      return prepared === null ? null : { call: prepared.call, wake: (output, stop) => wake(prepared, output, stop) };
    },
    drop: (held) => {
      void take(held)?.opened.then((program) => program?.close());
    },
  };
}

interface Prepared {
  readonly call: WrappedCall;
  /** Null: the host did not take it. */
  readonly opened: Promise<RemoteProgram | null>;
  /** From then on what is printed goes there; the listener hears of the line that says the mark. */
  readonly tie: (output: Output, heard: () => void) => void;
}

function prepare(held: Held): Prepared {
  const call = newCall(null);
  const { output, tie } = tiedLater(call.mark);
  const opening = openChannel({
    held,
    command: waitingLine(call.mark),
    output,
    stop: AbortSignal.timeout(OPEN_MS),
  });
  const opened = opening.then(
    (program) => (program === 'lost' ? null : program),
    (error: unknown) => {
      if (error instanceof OpsError) return null;
      throw error;
    },
  );
  return { call, opened, tie };
}

const LONGEST_HELLO = 64 * 1024;

/** Keeps what is printed (by a login shell, before its time) until somebody listens. */
function tiedLater(mark: string): { output: Output; tie: Prepared['tie'] } {
  const kept = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  let tied: Output | null = null;
  let tell: (() => void) | null = null;
  let said = '';
  const sink = (which: 'stdout' | 'stderr'): Sink => ({
    write: (chunk) => {
      if (tied === null) {
        kept[which].push(chunk);
        return;
      }
      tied[which].write(chunk);
      if (which === 'stderr' || tell === null) return;
      said = (said + Buffer.from(chunk).toString('latin1')).slice(-LONGEST_HELLO);
      if (!said.includes(`${mark}\n`)) return;
      tell();
      tell = null;
    },
  });
  return {
    output: { stdout: sink('stdout'), stderr: sink('stderr') },
    tie: (output, heard) => {
      tied = output;
      tell = heard;
      for (const chunk of kept.stdout) output.stdout.write(chunk);
      for (const chunk of kept.stderr) output.stderr.write(chunk);
    },
  };
}

async function wake({ opened, tie }: Prepared, output: Output, stop: AbortSignal): ReturnType<WaitingShell['wake']> {
  const stopped = new Promise<null>((resolve) => {
    stop.addEventListener('abort', () => resolve(null), { once: true });
    if (stop.aborted) resolve(null);
  });
  const program = await Promise.race([opened.then((each) => each ?? ('gone' as const)), stopped]);
  if (program === null || program === 'gone') return program;
  const answered = new Promise<'answered'>((resolve) => {
    tie(output, () => resolve('answered'));
  });
  program.ask('\n');
  const how = await Promise.race([answered, stopped, program.closed.then(() => 'gone' as const)]);
  if (how === 'answered') return program;
  program.close();
  return how;
}
