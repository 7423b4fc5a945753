import { isByPerson } from '../../core/command.ts';
import type { StoredEvent } from '../../journal/port.ts';

/** A message as desired state: `parent:GI-1`, `timeline:GI-1`, `evidence:GI-1`, `run:RUN-1`, `asking:RUN-1/<user>`, `page:<effect>`, `over:<effect>`, `roster:<storm>/<part>`, `ring:<person>/<n>`, `notice:<name>`. */
export const MESSAGE_KINDS = [
  'parent',
  'timeline',
  'evidence',
  'run',
  'asking',
  'page',
  'over',
  'roster',
  'ring',
  'notice',
] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** Lower goes first (UX.md 3.12). */
export const LANE = { page: 0, click: 1, parent: 2, run: 3, reply: 4 } as const;

export interface Mark {
  readonly kind: MessageKind;
  /** Incident, run, effect key or notice, by the kind. */
  readonly id: string;
  readonly lane: number;
}

export function keyOf(kind: MessageKind, id: string): string {
  return `${kind}:${id}`;
}

/** The messages that may look different after an event. */
export function marksOf(event: StoredEvent): Mark[] {
  const marks: Mark[] = [];
  if (event.incident !== null) {
    const isClick = isByPerson(event.actor);
    marks.push({ kind: 'parent', id: event.incident, lane: isClick ? LANE.click : LANE.parent });
    marks.push({ kind: 'timeline', id: event.incident, lane: LANE.reply });
    // a page or a run is no news about what the probes found
    if (event.kind === 'incident') marks.push({ kind: 'evidence', id: event.incident, lane: LANE.reply });
  }
  if (event.kind === 'run') marks.push({ kind: 'run', id: event.id, lane: LANE.run });
  return marks;
}
