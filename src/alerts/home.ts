import type { Config } from '../core/config/config.ts';
import { type AlertGroup, incidentKey } from './correlation.ts';
import type { Draft, Drafts } from './draft.ts';
import { LAST_OF_GROUP } from './incident-batch.ts';
import type { IncidentState } from './incident-state.ts';
import type { Alert } from './payload.ts';
import type { AlertReader } from './pending.ts';
import type { Routed } from './routing.ts';

/** Owner of ends whose start we never saw: no incident. */
export const NO_INCIDENT = '';

/** A firing alert that looks for its incident. */
export interface Homeless {
  readonly alert: Alert;
  readonly routed: Routed;
  /** The incident that the same alert fired in last. */
  readonly last: string | null;
  /** Keeps what a new incident is called and gives its digest; asked only when one opens. */
  readonly name: () => string;
}

export interface HomeInput {
  readonly journal: AlertReader;
  readonly config: Config;
  readonly group: AlertGroup;
  /** When the payload reached us. */
  readonly receivedAt: number;
  /** Keys by channel, where the group alone makes them: a digest for each alert of a large payload would cost. */
  readonly keys: Map<string, string>;
}

/**
 * Where a new firing belongs: the incident that its alert was split off to, else the incident of its key, else the one
 * that the same alert fired in last when that is not closed and in the same channel, else a new one.
 */
export async function findHome(input: HomeInput, drafts: Drafts, homeless: Homeless): Promise<Draft> {
  const { alert, routed, last } = homeless;
  const key = keyOf(input, routed.channel, alert);
  const byKey = await drafts.openByKey(key, input.receivedAt);
  if (last === null || last === NO_INCIDENT || last === byKey?.id) {
    return byKey ?? openNew(input, drafts, homeless, key);
  }
  if (byKey !== null && !(await isSplitOff(input, last))) return byKey;
  const before = await drafts.openById(last, input.receivedAt);
  if (before !== null && channelOf(before) === routed.channel) return before;
  return byKey ?? openNew(input, drafts, homeless, key);
}

async function isSplitOff({ journal }: HomeInput, id: string): Promise<boolean> {
  const row = await journal.aggregate<IncidentState>('incident', id);
  return row?.state.splitFrom !== undefined;
}

function keyOf({ config, group, keys }: HomeInput, channel: string, alert: Alert): string {
  const { groupBy } = config.routing;
  const known = groupBy === 'alertmanager' ? keys.get(channel) : undefined;
  if (known !== undefined) return known;
  const key = incidentKey(groupBy, channel, group, alert.labels);
  keys.set(channel, key);
  return key;
}

async function openNew(input: HomeInput, drafts: Drafts, homeless: Homeless, key: string): Promise<Draft> {
  const { severity, channel, service, runbooks, policyContact, route } = homeless.routed;
  const { digest } = input.config.severities[severity];
  const previous = await previousOf(input, drafts, key);
  const about = homeless.name();
  const group = key;
  return drafts.open({ severity, channel, service, group, runbooks, policyContact, digest, about, previous, route });
}

/** The one that this payload closes, else the one of the group that closed last. */
async function previousOf(input: HomeInput, drafts: Drafts, key: string): Promise<string | null> {
  const closing = drafts.all().find((draft) => draft.before?.group === key && draft.prior.length > 0);
  if (closing !== undefined) return closing.id;
  const document = await input.journal.document(LAST_OF_GROUP, key);
  return typeof document?.incident === 'string' ? document.incident : null;
}

function channelOf(draft: Draft): string | undefined {
  return draft.before?.channel ?? draft.opening?.channel;
}
