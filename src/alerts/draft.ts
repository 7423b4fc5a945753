import type { Delivery, Opening, Urgency } from './delivery.ts';
import { type IncidentEvent, incidentEvent } from './events.ts';
import { evolveIncident } from './evolve.ts';
import type { IncidentState } from './incident-state.ts';
import type { AlertReader } from './pending.ts';
import { isHigher } from './severity.ts';

/** An incident that a payload touches, while the payload's alerts are gone through. */
export interface Draft {
  readonly id: string;
  /** Version and state in the journal; 0 and null: it is being opened. */
  readonly version: number;
  readonly before: IncidentState | null;
  readonly opening: Opening | null;
  /** Events decided before the delivery: closing what is overdue. */
  prior: IncidentEvent[];
  firing: number;
  ended: number;
  started: boolean;
  /** Firing alerts of the payload. */
  shown: number;
  most: Urgency | null;
  mostStarted: Urgency | null;
}

/** Incidents of one payload: each is read once, new ones get their ids. */
export interface Drafts {
  /** The incident by id; null when the journal does not know it. */
  byId(id: string): Promise<Draft | null>;
  /** The incident that holds the key and can take a firing alert at `at`; one that should have closed by then is closed. */
  openByKey(key: string, at: number): Promise<Draft | null>;
  /** The same for an incident we know by id. */
  openById(id: string, at: number): Promise<Draft | null>;
  open(opening: Opening): Promise<Draft>;
  all(): readonly Draft[];
}

/** Whether the draft's incident is closed, in the journal or by what is decided already. */
export function isClosed(draft: Draft): boolean {
  return draft.prior.length > 0 || draft.before?.status === 'closed';
}

/** Notes that an alert of this urgency fires. */
export function noteFiring(draft: Draft, urgency: Urgency): void {
  draft.shown += 1;
  draft.most = moreUrgent(draft.most, urgency);
}

/** Notes that an alert of this urgency began to fire. */
export function noteStarted(draft: Draft, urgency: Urgency): void {
  draft.started = true;
  draft.mostStarted = moreUrgent(draft.mostStarted, urgency);
  noteFiring(draft, urgency);
}

function moreUrgent(known: Urgency | null, urgency: Urgency): Urgency {
  return known === null || isHigher(urgency.severity, known.severity) ? urgency : known;
}

/** What a payload says beside its alerts. */
export type Told = Pick<Delivery, 'truncated' | 'rejected' | 'groupFires' | 'because'>;

/** What the payload comes to for one incident. */
export function deliveryOf(draft: Draft, payload: Told): Delivery {
  const { firing, ended, started, most, mostStarted } = draft;
  return { firing, ended, started, most, mostStarted, ...payload };
}

/** The state on which the delivery is decided: the journal's, after the events decided before it. */
export function stateOfDraft(draft: Draft, at: number): IncidentState | null {
  let state = draft.before;
  for (const event of draft.prior) state = evolveIncident(state, { ...event, id: draft.id, at, actor: 'alertmanager' });
  return state;
}

/** Of so many alerts that a payload left out, those that we do not hold from elsewhere: from asking, or from before. */
export function unseenOf(draft: Draft, truncated: number): number {
  const held = (draft.before?.firing ?? 0) + draft.firing - draft.shown;
  return Math.max(0, truncated - Math.max(0, held));
}

/** Starts the working set of one payload. */
export function createDrafts(journal: AlertReader, reopenWithinSeconds: number): Drafts {
  const drafts = new Map<string, Draft>();
  const holders = new Map<string, Draft>();
  let nextNumber: number | null = null;

  function adopt(row: { id: string; version: number; state: IncidentState }): Draft {
    const known = drafts.get(row.id);
    if (known !== undefined) return known;
    const draft = emptyDraft(row.id, row.version, row.state, null);
    drafts.set(row.id, draft);
    return draft;
  }
  async function byId(id: string): Promise<Draft | null> {
    const known = drafts.get(id);
    if (known !== undefined) return known;
    const row = await journal.aggregate<IncidentState>('incident', id);
    return row === null ? null : adopt(row);
  }
  function takes(draft: Draft | null, at: number): Draft | null {
    if (draft === null || isClosed(draft)) return null;
    const resolvedAt = draft.before?.status === 'resolved' ? draft.before.resolvedAt : null;
    if (resolvedAt === null || at <= resolvedAt + reopenWithinSeconds * 1000) return draft;
    draft.prior = [incidentEvent('incident.closed', {})];
    return null;
  }
  return {
    byId,
    all: () => [...drafts.values()],
    openById: async (id, at) => takes(await byId(id), at),
    openByKey: async (key, at) => {
      const holder = holders.get(key);
      if (holder !== undefined) return takes(holder, at);
      const row = await journal.aggregateByKey<IncidentState>('incident', key);
      if (row === null) return null;
      const draft = adopt(row);
      holders.set(key, draft);
      return takes(draft, at);
    },
    open: async (opening) => {
      nextNumber ??= await journal.nextNumber('incident');
      const draft = emptyDraft(`GI-${nextNumber}`, 0, null, opening);
      nextNumber += 1;
      drafts.set(draft.id, draft);
      holders.set(opening.group, draft);
      return draft;
    },
  };
}

function emptyDraft(id: string, version: number, before: IncidentState | null, opening: Opening | null): Draft {
  return {
    id,
    version,
    before,
    opening,
    prior: [],
    firing: 0,
    ended: 0,
    started: false,
    shown: 0,
    most: null,
    mostStarted: null,
  };
}
