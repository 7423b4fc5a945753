import type { Config } from '../core/config/config.ts';
import type { Batch } from '../journal/port.ts';
import type { FollowIncident } from './change.ts';
import { type Draft, deliveryOf, stateOfDraft, type Told } from './draft.ts';
import type { IncidentEvent } from './events.ts';
import { decideIncident } from './incident.ts';
import { batchOfChange } from './incident-batch.ts';

/** What deciding a draft needs. */
export interface DraftDesk {
  readonly config: Config;
  /** When the batch happens. */
  readonly at: number;
  readonly actor: 'alertmanager' | 'auto';
  readonly follow: FollowIncident;
}

/** Decides what alerts come to for one incident: its part of the batch; empty when nothing changes. */
export async function changeOf(desk: DraftDesk, draft: Draft, told: Told): Promise<Partial<Batch>> {
  const { config, at, actor } = desk;
  const command = { verb: 'deliver', delivery: deliveryOf(draft, told), opening: draft.opening } as const;
  const decision = decideIncident(stateOfDraft(draft, at), command, { now: at, nameOf: (who) => who });
  const decided = decision.kind === 'events' ? decision.events : [];
  const events: IncidentEvent[] = [...draft.prior, ...decided];
  if (events.length === 0) return {};
  const { id, before, version } = draft;
  return batchOfChange({ id, before, version, events, at, actor }, config, desk.follow);
}
