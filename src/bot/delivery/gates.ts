import type { Clock } from '../../core/clock.ts';

export interface Gate {
  readonly method: string;
  readonly channel: string;
  /** Pages, rosters and P0 parents may take the token that is kept back. */
  readonly isUrgent: boolean;
}

/** Slack's limits as we keep them: token buckets, and pauses after a 429 for that method and channel alone. */
export interface Gates {
  /** Milliseconds until this call may be made besides those that are about to be; 0 now. */
  waitMs(gate: Gate, about?: number): number;
  take(gate: Gate): void;
  /** Slack has seen a call that was taken. */
  answered(gate: Gate): void;
  pause(method: string, channel: string, seconds: number): void;
}

interface Rate {
  perSecond: number;
  burst: number;
  /** Tokens that only urgent calls may take. */
  kept: number;
  perChannel: boolean;
}

interface Bucket {
  tokens: number;
  at: number;
  /** Taken from while full: Slack's own bucket begins to fill when that call arrives, not when it was sent. */
  isResting: boolean;
}

// UX.md 3.12: post 1/s/channel with a burst of 5, update 40 of 50 a minute; reads stay below tier 3
const RATES: Readonly<Record<string, Rate>> = {
  'chat.postMessage': { perSecond: 1, burst: 5, kept: 1, perChannel: true },
  'chat.update': { perSecond: 40 / 60, burst: 40, kept: 4, perChannel: false },
  'conversations.list': { perSecond: 15 / 60, burst: 15, kept: 0, perChannel: false },
};
const READS: Rate = { perSecond: 40 / 60, burst: 40, kept: 0, perChannel: false };

/** Full buckets, no pauses. */
export function createGates(clock: Clock): Gates {
  const buckets = new Map<string, Bucket>();
  const pausedUntil = new Map<string, number>();

  function bucketOf(gate: Gate): { rate: Rate; bucket: Bucket } {
    const rate = RATES[gate.method] ?? READS;
    const key = rate.perChannel ? `${gate.method}|${gate.channel}` : gate.method;
    const now = clock.monotonicMs();
    const bucket = buckets.get(key) ?? { tokens: rate.burst, at: now, isResting: false };
    if (!bucket.isResting)
      bucket.tokens = Math.min(rate.burst, bucket.tokens + ((now - bucket.at) / 1000) * rate.perSecond);
    bucket.at = now;
    buckets.set(key, bucket);
    return { rate, bucket };
  }

  return {
    waitMs: (gate, about = 0) => {
      const { rate, bucket } = bucketOf(gate);
      const missing = (gate.isUrgent ? 1 : 1 + rate.kept) + about - bucket.tokens;
      const paused = (pausedUntil.get(`${gate.method}|${gate.channel}`) ?? 0) - clock.monotonicMs();
      return Math.max(0, Math.ceil(paused), missing <= 1e-9 ? 0 : Math.ceil((missing / rate.perSecond) * 1000));
    },
    take: (gate) => {
      const { rate, bucket } = bucketOf(gate);
      if (bucket.tokens >= rate.burst) bucket.isResting = true;
      bucket.tokens -= 1;
    },
    answered: (gate) => {
      bucketOf(gate).bucket.isResting = false;
    },
    pause: (method, channel, seconds) => {
      pausedUntil.set(`${method}|${channel}`, clock.monotonicMs() + seconds * 1000);
    },
  };
}
