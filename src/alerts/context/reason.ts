import type { IncidentState } from '../incident-state.ts';
import { isHigher } from '../severity.ts';

/** Why context is gathered. `over`: only its last values, so that they stay visible. */
export const CONTEXT_REASONS = ['opened', 'raised', 'reopened', 'unfolded', 'deferred', 'over'] as const;
export type ContextReason = (typeof CONTEXT_REASONS)[number];

/** Whether a change of an incident asks for context; null: it does not. Only what has a thread of its own is looked at. */
export function reasonFor(before: IncidentState | null, after: IncidentState): ContextReason | null {
  if (!hasThread(after) || after.drill !== undefined) return null;
  if (before === null) return isLive(after) ? 'opened' : null;
  if (isLive(after)) {
    if (!hasThread(before)) return 'unfolded';
    if (isHigher(after.severity, before.severity)) return 'raised';
    return before.status === 'resolved' ? 'reopened' : null;
  }
  const isEnd = isLive(before) && (after.status === 'recovered' || after.status === 'resolved');
  return isEnd && after.context !== undefined && after.flapping == null ? 'over' : null;
}

/** Somebody may want to know more about it. */
export function isLive({ status }: IncidentState): boolean {
  return status === 'firing' || status === 'acknowledged';
}

/** Neither for the digest nor folded beneath another. */
export function hasThread({ digest, foldedUnder }: IncidentState): boolean {
  return !digest && foldedUnder == null;
}
