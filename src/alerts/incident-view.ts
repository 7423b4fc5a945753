import type { Severity } from '../core/config/config.ts';
import type { Flapping, IncidentAbout, IncidentStatus, Quiet } from './incident-state.ts';

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
  /** Called in beside the owner: keys of oncall.people. */
  readonly responders: readonly string[];
  /** Its owner passed it on: whoever acknowledges has it. */
  readonly offered: boolean;
  readonly openedAt: number;
  readonly acknowledgedAt: number | null;
  readonly recoveredAt: number | null;
  readonly resolvedAt: number | null;
  readonly resolvedBy: string | null;
  readonly closedAt: number | null;
  readonly reopened: number;
  readonly previous: string | null;
  readonly alerts: { readonly firing: number; readonly resolved: number };
  /** Opened or reopened by a person while no alert fires: only a person resolves it. */
  readonly byHand: boolean;
  /** Until when pages pause, by whom; null: they do not. */
  readonly quiet: Quiet | null;
  /** The incident it is folded beneath; without pages and a thread of its own meanwhile. */
  readonly foldedUnder: string | null;
  /** `dependency`, or who merged it (`slack:U01`); null: not folded. */
  readonly foldedBy: string | null;
  /** Incidents folded beneath it. */
  readonly folded: readonly string[];
  /** The incident it was split off from. */
  readonly splitFrom: string | null;
  readonly flapping: Flapping | null;
}
