import type { IncidentState } from '../alerts/incident-state.ts';
import type { Beyond } from './page.ts';

/** What whoever was paged answers: it is mine now; I still have it; I take it from its owner. */
export type PageAnswer = 'ack' | 'still-on-it' | 'take-over';

/**
 * The answer that fits a page as its incident stands; null: nobody has to answer. Once somebody has the incident, only
 * a page beside the policy (`beyond`) waits for somebody still: for its owner, or for whoever takes it from them.
 */
export function answerTo(
  beyond: Beyond | undefined,
  { status }: Pick<IncidentState, 'status'>,
  isOwn: boolean,
): PageAnswer | null {
  if (status === 'firing') return 'ack';
  if (status !== 'acknowledged' || beyond === undefined) return null;
  return isOwn ? 'still-on-it' : 'take-over';
}
