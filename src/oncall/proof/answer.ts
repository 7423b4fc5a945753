import type { StoredEvent } from '../../journal/port.ts';

/** What a page came to: somebody took the incident, was given it, or resolved it. */
export interface Answer {
  readonly kind: 'acknowledged' | 'assigned' | 'resolved';
  /** An actor: `slack:U01`, `local`. */
  readonly by: string;
  readonly at: number;
  /** Seconds after the page went out. */
  readonly afterSeconds: number;
}

const KINDS: Readonly<Record<string, Answer['kind']>> = {
  'incident.acknowledged': 'acknowledged',
  'incident.assigned': 'assigned',
  'incident.resolved': 'resolved',
};

/**
 * The first answer to a page that was asked for by the event `asked` and went out at `sentAt`. An incident that resolved
 * or closed by itself was answered by nobody, whatever happened to it afterwards.
 */
export function answerAfter(events: readonly StoredEvent[], asked: StoredEvent, sentAt: number): Answer | null {
  for (const { seq, kind, id, type, actor, at } of events) {
    if (seq <= asked.seq || kind !== 'incident' || id !== asked.incident) continue;
    const answer = KINDS[type];
    if (type === 'incident.closed' || (answer === 'resolved' && actor === 'auto')) return null;
    if (answer === undefined) continue;
    return { kind: answer, by: actor, at, afterSeconds: Math.max(0, Math.round((at - sentAt) / 1000)) };
  }
  return null;
}
