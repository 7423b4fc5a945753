/** Part of the past that is looked at; epoch seconds. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly stepSeconds: number;
}

const BEFORE_SECONDS = 3_600;
const LONGEST_SECONDS = 24 * 3_600;
const MOST_POINTS = 150;
const FEWEST_POINTS = 12;
/** Steps whose multiples people know. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600] as const;

/**
 * One hour before it fired until now, at most the last day; the step is that of a clock. It ends at the next full
 * second, so that a value of this one is the last in it.
 */
export function windowAround(firedAt: number, now: number): Window {
  const to = Math.ceil(now / 1000);
  const from = Math.max(Math.min(Math.floor(firedAt / 1000), to) - BEFORE_SECONDS, to - LONGEST_SECONDS);
  return stepped(from, to);
}

/** A closer look when what is drawn exists for a short time only; null: the first look is close enough. */
export function closerLook(window: Window, firstAt: number, points: number): Window | null {
  if (points >= FEWEST_POINTS || window.stepSeconds === 1) return null;
  const from = Math.max(window.from, firstAt - window.stepSeconds);
  const closer = stepped(from, window.to);
  return closer.stepSeconds < window.stepSeconds ? closer : null;
}

/** Ends at `to`, so that the last value is that of now. */
function stepped(from: number, to: number): Window {
  const least = Math.max(1, (to - from) / MOST_POINTS);
  const stepSeconds = STEPS.find((step) => step >= least) ?? STEPS[STEPS.length - 1] ?? 1;
  const steps = Math.max(1, Math.ceil((to - from) / stepSeconds));
  return { from: to - steps * stepSeconds, to, stepSeconds };
}
