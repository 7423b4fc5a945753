import type { Severity } from '../core/config/config.ts';
import type { IncidentAbout, IncidentStatus } from './incident-state.ts';

/** An incident with its texts, as the edges show it. Texts are foreign: escape before showing. */
export interface IncidentView {
  readonly id: string;
  /** The aggregate's version: the `n` of its buttons. */
  readonly version: number;
  readonly status: IncidentStatus;
  readonly severity: Severity;
  readonly flags: ReadonlyArray<'silenced' | 'maintenance' | 'flapping' | 'storm' | 'drill'>;
  readonly service: string | null;
  readonly channel: string;
  readonly digest: boolean;
  readonly runbooks: readonly string[];
  readonly about: IncidentAbout;
  /** `slack:U01` or `local`. */
  readonly owner: string | null;
  readonly openedAt: number;
  readonly acknowledgedAt: number | null;
  readonly recoveredAt: number | null;
  readonly resolvedAt: number | null;
  readonly resolvedBy: string | null;
  readonly closedAt: number | null;
  readonly reopened: number;
  readonly previous: string | null;
  readonly alerts: { readonly firing: number; readonly resolved: number };
}
