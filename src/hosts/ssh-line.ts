import type { Client } from 'ssh2';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import { connectSsh, loadSsh, type SshTarget } from './ssh-connect.ts';
import { saySshFailure } from './ssh-fault.ts';

/** The kept connection to one host. */
export interface SshLine {
  readonly host: string;
  /** The kept connection, opened when there is none; rejects with an `SshFault`, at the latest after `withinMs`. */
  take(withinMs: number): Promise<Held>;
  /** A connection of its own, to look after what a kept one that hangs left behind. Ends with its release. */
  open(withinMs: number): Promise<Held>;
  isClosed(): boolean;
  /** Ends every connection; what runs over them is lost. */
  close(): void;
}

/** A connection in use; it stays open until it is released. */
export interface Held {
  readonly client: Client;
  isLost(): boolean;
  /** Whether others use it too. */
  isShared(): boolean;
  /** Calls once when the connection breaks; returns the cancellation. */
  onLost(listener: () => void): () => void;
  /** Nobody new gets this connection; it is closed once nobody uses it. */
  retire(): void;
  release(): void;
}

export interface SshLineDeps {
  /** Read anew at each use: a changed configuration gets a new connection. */
  readonly target: () => SshTarget;
  readonly clock: Clock;
  readonly logger: Logger;
}

const CONNECT_MS = 5_000;
const IDLE_MS = 5 * 60_000;

interface Kept {
  readonly client: Client;
  readonly lost: Set<() => void>;
  users: number;
  isRetired: boolean;
  isLost: boolean;
  cancelIdle: () => void;
}

interface Current {
  readonly of: string;
  readonly opening: Promise<Kept>;
}

/** One warm connection a host, shared by all that use it; made anew when it has died, closed after idle minutes. */
export function createSshLine(deps: SshLineDeps): SshLine {
  const { target, clock } = deps;
  const open = new Set<Kept>();
  let current: Current | null = null;
  let isClosed = false;
  const isAlive = (kept: Kept) => !kept.isLost && !kept.isRetired;
  const forget = (which: Current) => {
    if (current === which) current = null;
  };
  const retire = (kept: Kept, which: Current | null) => {
    kept.isRetired = true;
    if (which !== null) forget(which);
    if (kept.users === 0) kept.client.destroy();
  };
  const hold = (kept: Kept, which: Current | null): Held => {
    kept.users += 1;
    kept.cancelIdle();
    let isReleased = false;
    return {
      client: kept.client,
      isLost: () => kept.isLost,
      isShared: () => kept.users > 1,
      onLost: (listener) => {
        kept.lost.add(listener);
        return () => kept.lost.delete(listener);
      },
      retire: () => retire(kept, which),
      release: () => {
        if (isReleased) return;
        isReleased = true;
        kept.users -= 1;
        if (kept.users > 0) return;
        if (kept.isRetired) kept.client.destroy();
        else kept.cancelIdle = clock.after(IDLE_MS, () => retire(kept, which));
      },
    };
  };
  const connect = async (withinMs: number) => {
    const kept = await openKept(deps, withinMs);
    if (isClosed) kept.client.destroy();
    open.add(kept);
    kept.lost.add(() => open.delete(kept));
    return kept;
  };
  const shared = (): Current => {
    const of = JSON.stringify(target().config);
    if (current?.of === of) return current;
    const stale = current;
    if (stale !== null) stale.opening.then((kept) => retire(kept, stale)).catch(() => undefined);
    const made: Current = { of, opening: connect(CONNECT_MS) };
    current = made;
    made.opening.catch(() => forget(made));
    return made;
  };
  return {
    host: target().host,
    take: async (withinMs) => {
      await loadSsh();
      const deadline = performance.now() + withinMs;
      for (;;) {
        const which = shared();
        const kept = await within(which.opening, deadline - performance.now(), () => notInTime(target()));
        if (isAlive(kept)) return hold(kept, which);
        forget(which);
      }
    },
    open: async (withinMs) => {
      await loadSsh();
      const kept = await connect(withinMs);
      kept.isRetired = true;
      return hold(kept, null);
    },
    isClosed: () => isClosed,
    close: () => {
      isClosed = true;
      current = null;
      for (const kept of open) {
        kept.cancelIdle();
        kept.client.destroy();
      }
    },
  };
}

async function openKept({ target, logger }: SshLineDeps, withinMs: number): Promise<Kept> {
  const wanted = target();
  const client = await connectSsh(wanted, withinMs);
  const kept: Kept = {
    client,
    lost: new Set(),
    users: 0,
    isRetired: false,
    isLost: false,
    cancelIdle: () => undefined,
  };
  client.once('close', () => {
    kept.isLost = true;
    kept.cancelIdle();
    logger.debug({ host: wanted.host, users: kept.users }, 'ssh connection ended');
    for (const listener of [...kept.lost]) listener();
  });
  logger.debug({ host: wanted.host }, 'ssh connection opened');
  return kept;
}

function notInTime({ host, config }: SshTarget) {
  return saySshFailure({ host, config, isConnected: false, error: 'timeout' });
}

async function within<T>(work: Promise<T>, withinMs: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), withinMs);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
