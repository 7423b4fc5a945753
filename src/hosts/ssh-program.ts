import type { ClientChannel } from 'ssh2';
import { firstLine } from './printable.ts';
import { sshFault } from './ssh-fault.ts';
import type { Held } from './ssh-line.ts';

/** What a channel's program came to. */
export type ChannelEnd =
  | { readonly kind: 'exited'; readonly code: number | null; readonly signal: string | null }
  /** The connection broke. */
  | { readonly kind: 'lost' }
  /** Its time was over, or somebody stopped it. */
  | { readonly kind: 'over' };

/** A command line that the host has taken; what it waits for is its input. */
export interface RemoteProgram {
  /** Gives it a line before its input. */
  ask(line: string): void;
  /** Resolves with the end of its channel. */
  readonly closed: Promise<void>;
  /** Gives it its input and resolves with its end, at the latest when `stop` fires. */
  run(input: Uint8Array, stop: AbortSignal): Promise<ChannelEnd>;
  /** Resolves once all that it printed is there, or after `withinMs`. */
  drained(withinMs: number): Promise<void>;
  close(): void;
}

/** Takes what a program prints, as it comes. */
export interface Sink {
  write(chunk: Uint8Array): void;
}

/**
 * Has a command line taken by the host. `lost`: the connection had died; null: `stop` fired first. In both cases no
 * input was sent, so that the wrapper begins nothing. Rejects when the host takes no further one.
 */
export function openChannel(asked: {
  readonly held: Held;
  readonly command: string;
  readonly output: { readonly stdout: Sink; readonly stderr: Sink };
  readonly stop: AbortSignal;
}): Promise<RemoteProgram | 'lost' | null> {
  const { held, command, output, stop } = asked;
  return new Promise((resolve, reject) => {
    let isGivenUp = stop.aborted;
    const settle = (answer: 'lost' | null) => {
      isGivenUp = true;
      forget();
      stop.removeEventListener('abort', giveUp);
      resolve(answer);
    };
    const giveUp = () => settle(null);
    const forget = held.onLost(() => settle('lost'));
    if (isGivenUp) return settle(null);
    if (held.isLost()) return settle('lost');
    stop.addEventListener('abort', giveUp, { once: true });
    const taken = (error: Error | undefined, channel: ClientChannel | undefined) => {
      forget();
      stop.removeEventListener('abort', giveUp);
      if (isGivenUp) return channel?.close();
      if (channel !== undefined) return resolve(programOf(held, channel, output));
      reject(refused(error));
    };
    try {
      held.client.exec(command, taken);
    } catch {
      settle('lost'); // ssh2 throws "Not connected" when the socket has ended, before it says so
    }
  });
}

function refused(error: Error | undefined) {
  const words = firstLine(error?.message ?? 'unknown reason');
  const hint = 'look at MaxSessions, ForceCommand and the account in the sshd there';
  return sshFault('CHANNEL_REFUSED', `the host took the login, but runs nothing: ${words}`, hint, error);
}

function programOf(held: Held, channel: ClientChannel, output: { stdout: Sink; stderr: Sink }): RemoteProgram {
  channel.on('error', () => undefined);
  channel.on('data', (chunk: Buffer) => output.stdout.write(chunk));
  channel.stderr.on('data', (chunk: Buffer) => output.stderr.write(chunk));
  const closed = new Promise<void>((resolve) => {
    channel.once('close', () => resolve());
  });
  return {
    closed,
    ask: (line) => void channel.write(line),
    run: (input, stop) => {
      channel.end(input);
      return endOf(held, channel, stop);
    },
    drained: async (withinMs) => {
      let timer: NodeJS.Timeout | undefined;
      const over = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, withinMs);
      });
      await Promise.race([closed, over]);
      clearTimeout(timer);
    },
    close: () => channel.destroy(),
  };
}

/** The exit is believed when it is told; a channel that closes without one has lost its program. */
function endOf(held: Held, channel: ClientChannel, stop: AbortSignal): Promise<ChannelEnd> {
  return new Promise((resolve) => {
    const settle = (end: ChannelEnd) => {
      forget();
      stop.removeEventListener('abort', over);
      resolve(end);
    };
    const over = () => settle({ kind: 'over' });
    const forget = held.onLost(() => settle({ kind: 'lost' }));
    channel.once('exit', (code: number | null, signal?: string) => {
      settle({ kind: 'exited', code, signal: signal ?? null });
    });
    channel.once('close', () => settle({ kind: 'lost' }));
    stop.addEventListener('abort', over, { once: true });
    if (stop.aborted) over();
    if (held.isLost()) settle({ kind: 'lost' });
  });
}
