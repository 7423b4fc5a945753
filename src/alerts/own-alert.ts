import type { Config } from '../core/config/config.ts';
import type { Batch } from '../journal/port.ts';
import { deliverAlerts } from './deliver.ts';
import type { ToldDraft } from './draft-change.ts';
import type { Alert } from './payload.ts';
import type { AlertReader } from './pending.ts';
import type { Routed } from './routing.ts';

/** Marks occurrences that the bot itself makes: Alertmanager is not asked about them. */
const OWN_SOURCE = 'gianna-ops';
const NOTHING_BESIDE = { truncated: 0, rejected: 0, groupFires: false } as const;

/** An alert of the bot's own: what it says, and the incident that it belongs to. */
export interface OwnAlert {
  readonly alert: Alert;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly severity: Routed['severity'];
}

/** What delivering it changes. */
export interface Delivered {
  readonly part: Partial<Batch>;
  readonly drafts: readonly ToldDraft[];
}

/** Delivers one as every alert is delivered, to channel `ops`; a group of its own whatever `group_by` says. */
export async function deliverOwn(
  journal: AlertReader,
  asked: Config,
  { alert, groupLabels, severity }: OwnAlert,
  receivedAt: number,
): Promise<Delivered> {
  const config: Config = { ...asked, routing: { ...asked.routing, groupBy: 'alertmanager' } };
  const group = { receiver: OWN_SOURCE, groupLabels };
  const routed: Routed = { severity, channel: 'ops', service: null, runbooks: [], policyContact: null, route: 0 };
  const input = { journal, config, group, alerts: [alert], receivedAt, source: OWN_SOURCE };
  const { drafts, occurrences, payloads } = await deliverAlerts({ ...input, route: () => routed });
  return { part: { occurrences, payloads }, drafts: drafts.map((draft) => ({ draft, told: NOTHING_BESIDE })) };
}
