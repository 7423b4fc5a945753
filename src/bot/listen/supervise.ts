import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { OpenSocket } from './socket.ts';

export interface Supervised {
  start(): void;
  stop(): void;
  up(): boolean;
}

export interface SuperviseDeps {
  readonly open: () => Promise<OpenSocket>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called at each change of `up()`. */
  readonly onState: (up: boolean) => void;
  readonly onEnd: (reason: 'refused' | 'closed' | 'failed') => void;
}

const LONGEST_PAUSE_MS = 10_000;
const STEADY_MS = 5_000;
/** A refresh is no failure, unless one follows the other at once. */
const STEADY_BEFORE_REFRESH_MS = 1_000;
/** A connection that has a successor goes on this long: what came by it is still acknowledged by it. */
const LINGERS_MS = 3_000;

/** Pause before the next try after so many failures in a row: 0.5, 1, 2, 4, 8, 10, 10 … seconds. */
export function pauseMs(failures: number): number {
  return failures <= 0 ? 0 : Math.min(LONGEST_PAUSE_MS, 500 * 2 ** Math.min(failures - 1, 10));
}

/** Keeps one connection open for as long as it runs, whatever Slack answers: a revoked token is only a longer wait. */
export function createSupervised(deps: SuperviseDeps): Supervised {
  let running = false;
  let socket: OpenSocket | null = null;
  const retired = new Set<OpenSocket>();
  let wake: () => void = () => undefined;

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = deps.clock.after(ms, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });
  }

  function succeed(opened: OpenSocket): void {
    const old = socket;
    socket = opened;
    deps.onState(true);
    if (old === null) return;
    retired.add(old);
    deps.clock.after(LINGERS_MS, () => retire(old));
  }

  function retire(old: OpenSocket): void {
    retired.delete(old);
    old.close();
  }

  function lost(gone: OpenSocket): void {
    if (socket !== gone) return;
    socket = null;
    deps.onState(false);
    gone.close();
  }

  async function holdOne(): Promise<'steady' | 'short'> {
    const opened = await deps.open();
    if (!running) {
      opened.close();
      return 'steady';
    }
    const since = deps.clock.monotonicMs();
    succeed(opened);
    void opened.closed.then(() => lost(opened));
    const ending = await opened.ending;
    deps.onEnd('closed');
    const isLong = deps.clock.monotonicMs() - since >= (ending === 'refresh' ? STEADY_BEFORE_REFRESH_MS : STEADY_MS);
    return isLong ? 'steady' : 'short';
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (running) {
      try {
        failures = (await holdOne()) === 'steady' ? 0 : failures + 1;
        // The first time at once: a refresh that Slack asked for must not leave a gap.
        if (failures > 1 && running) await pause(pauseMs(failures - 1));
      } catch (error) {
        failures += 1;
        const code = slackCode(error);
        deps.onEnd(code === null ? 'failed' : 'refused');
        if (running) deps.logger.warn({ err: error, code, tries: failures }, 'slack socket could not be opened');
        if (running) await pause(pauseMs(failures));
      }
    }
  }

  return {
    start: () => {
      if (running) return;
      running = true;
      void run();
    },
    stop: () => {
      running = false;
      socket?.close();
      for (const old of retired) retire(old);
      wake();
    },
    up: () => socket !== null,
  };
}

/** Slack's own error code (`invalid_auth`), null when it was not Slack that answered. */
function slackCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('data' in error)) return null;
  const { data } = error;
  if (typeof data !== 'object' || data === null || !('error' in data)) return null;
  return typeof data.error === 'string' ? data.error : null;
}
