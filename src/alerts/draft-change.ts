import type { Actor } from '../core/command.ts';
import type { Config } from '../core/config/config.ts';
import type { Batch } from '../journal/port.ts';
import type { FollowIncident } from './change.ts';
import { type Draft, deliveryOf, stateOfDraft, type Told } from './draft.ts';
import { decideIncident } from './incident.ts';
import { batchOfSet, createIncidentSet, type IncidentSet } from './incident-set.ts';
import type { AlertReader } from './pending.ts';
import type { Settle } from './settle.ts';

/** What deciding drafts needs. */
export interface DraftDesk {
  readonly reader: AlertReader;
  readonly config: Config;
  /** When the batch happens. */
  readonly at: number;
  readonly actor: Actor;
  readonly follow: FollowIncident;
  readonly settle: Settle;
}

/** An incident that alerts touch, and what came beside them. */
export interface ToldDraft {
  readonly draft: Draft;
  readonly told: Told;
}

/** Decides what alerts come to for incidents, and what follows for others: the part of the batch, empty when nothing changes. */
export async function changeOf(
  desk: DraftDesk,
  drafts: readonly ToldDraft[],
): Promise<{ readonly set: IncidentSet; readonly change: Partial<Batch> }> {
  const { reader, config, at, actor } = desk;
  const set = createIncidentSet(reader, at, actor);
  for (const { draft, told } of drafts) decideDraft(set, config, draft, told);
  await desk.settle(set, config);
  return { set, change: (await batchOfSet(set, config, desk.follow)) ?? {} };
}

function decideDraft(set: IncidentSet, { routing }: Config, draft: Draft, told: Told): void {
  const command = { verb: 'deliver', delivery: deliveryOf(draft, told), opening: draft.opening } as const;
  const context = { now: set.at, nameOf: String, flapping: routing.flapping };
  const decision = decideIncident(stateOfDraft(draft, set.at), command, context);
  const events = [...draft.prior, ...(decision.kind === 'events' ? decision.events : [])];
  set.adopt(draft);
  if (events.length > 0) set.apply(draft.id, ...events);
}
