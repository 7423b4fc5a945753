import { SEVERITIES, type Severity } from '../../core/config/config.ts';
import type { StoredEvent } from '../../journal/port.ts';

/** What the order of messages needs to know of an incident before anything is rendered. */
export interface KnownIncident {
  /** Our word for its channel. */
  word: string;
  severity: Severity;
  /** Without a thread of its own: planned work, or folded beneath its cause. */
  isThreadless: boolean;
  /** A drill is no part of a storm. */
  readonly isDrill: boolean;
}

export interface Facts {
  note(event: StoredEvent): void;
  get(incident: string): KnownIncident | undefined;
  /** How many are open, of those that this process has heard of. */
  open(): number;
}

/** Facts of open incidents, learnt from the events that go by. */
export function createFacts(): Facts {
  const incidents = new Map<string, KnownIncident & { isDigest: boolean; isFolded: boolean }>();

  function opened({ id, data }: StoredEvent): void {
    const severity = severityIn(data.severity);
    if (severity === null) return;
    const isDigest = data.digest === true;
    const known = {
      word: String(data.channel),
      severity,
      isThreadless: isDigest,
      isDigest,
      isFolded: false,
      isDrill: data.drill !== undefined,
    };
    incidents.set(id, known);
  }

  function change(event: StoredEvent): void {
    const known = incidents.get(event.id);
    if (known === undefined) return;
    const { to, digest } = event.data;
    known.severity = severityIn(to) ?? known.severity;
    if (typeof digest === 'boolean') known.isDigest = digest;
    if (event.type === 'incident.folded') known.isFolded = true;
    if (event.type === 'incident.unfolded') known.isFolded = false;
    known.isThreadless = known.isDigest || known.isFolded;
  }

  return {
    note: (event) => {
      if (event.kind !== 'incident') return;
      if (event.type === 'incident.opened') opened(event);
      else if (event.type === 'incident.closed') incidents.delete(event.id);
      else change(event);
    },
    get: (incident) => incidents.get(incident),
    open: () => incidents.size,
  };
}

function severityIn(value: unknown): Severity | null {
  return SEVERITIES.find((severity) => severity === value) ?? null;
}
