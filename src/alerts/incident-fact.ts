import type { IncidentView } from './incident-view.ts';

/** What other rooms need of an incident to decide. */
export interface IncidentFact {
  readonly status: string;
  readonly service: string | null;
  readonly severity: string;
  readonly owner: string | null;
  readonly channel: string;
  /** Name of its alert. */
  readonly cause: string | null;
}

/** The facts of an incident; null: there is none. */
export function incidentFact(view: IncidentView | null): IncidentFact | null {
  if (view === null) return null;
  const { status, service, severity, owner, channel, about } = view;
  return { status, service, severity, owner, channel, cause: about.alertname === '' ? null : about.alertname };
}
