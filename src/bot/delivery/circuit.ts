import type { Clock } from '../../core/clock.ts';

/**
 * Whether Slack answers. Two failures in a row (or one refused token) open it; then one trial call at a time, further
 * and further apart, until one is answered: a silent Slack is asked far less than 120 times a minute.
 */
export interface Circuit {
  /** False until the first answer, and while open. */
  up(): boolean;
  isOpen(): boolean;
  /** Milliseconds until a call may be made; null: a trial is under way, wait for its end. */
  waitMs(inFlight: number): number | null;
  answered(): void;
  failed(kind: 'silent' | 'refused'): void;
  /** Milliseconds since Slack last answered anything. */
  unansweredMs(): number;
  /** Whether something wanted at this monotonic time lived through an outage that is over. */
  outlived(since: number): boolean;
}

const FIRST_MS = 500;
const LONGEST_MS = 10_000;
const OPENS_AT = 2;

/** Closed, and not up before the first answer. `changed` hears of each going down and coming back. */
export function createCircuit(clock: Clock, changed: (up: boolean) => void): Circuit {
  let isUp = false;
  let openedAt: number | null = null;
  let retryAt = 0;
  let failures = 0;
  let answeredAt = clock.monotonicMs();
  let lastOutageEnd = Number.NEGATIVE_INFINITY;

  function answered(): void {
    const now = clock.monotonicMs();
    answeredAt = now;
    if (openedAt !== null) lastOutageEnd = now;
    openedAt = null;
    failures = 0;
    if (isUp) return;
    isUp = true;
    changed(true);
  }

  function failed(kind: 'silent' | 'refused'): void {
    const now = clock.monotonicMs();
    if (openedAt !== null && now < retryAt) return;
    failures = kind === 'refused' ? Math.max(OPENS_AT, failures + 1) : failures + 1;
    // before the first answer, one failure says enough
    if (isUp && failures < OPENS_AT) return;
    openedAt ??= now;
    retryAt = now + Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - OPENS_AT));
    if (!isUp) return;
    isUp = false;
    changed(false);
  }

  return {
    up: () => isUp,
    isOpen: () => openedAt !== null,
    waitMs: (inFlight) => {
      if (openedAt === null) return 0;
      return inFlight > 0 ? null : Math.max(0, retryAt - clock.monotonicMs());
    },
    answered,
    failed,
    unansweredMs: () => clock.monotonicMs() - answeredAt,
    outlived: (since) => since < lastOutageEnd,
  };
}
