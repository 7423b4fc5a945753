import type { BatchPart } from '../../alerts/change.ts';
import type { IncidentView } from '../../alerts/incident-view.ts';
import type { Effect } from '../../journal/port.ts';
import type { PageResult } from '../../oncall/page.ts';
import type { IncidentCard, NameOf, RunCard } from '../render/cards.ts';

/** What delivery asks of the other rooms, always at send time. */
export interface DeliverySources {
  /** null: no such incident. */
  incident(id: string): Promise<IncidentCard | null>;
  /** What is known of these, without their timelines; of those that are there. */
  views(ids: readonly string[]): Promise<IncidentView[]>;
  /** null: no such run. */
  run(id: string): Promise<RunCard | null>;
  /** The part of a batch that closes a page's effect and says so in the journal. */
  pageClosed(effect: Effect, result: PageResult): Promise<BatchPart>;
  /** Slack ids of who may agree to a run. */
  approvers(): readonly string[];
  nameOf: NameOf;
}
