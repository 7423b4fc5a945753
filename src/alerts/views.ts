import type { AggregateRow, JournalReader } from '../journal/port.ts';
import type { IncidentAbout, IncidentState } from './incident-state.ts';
import type { IncidentView } from './incident-view.ts';

const RECENT_MS = 24 * 3600_000;

/** An incident with its texts; null when there is none of this id. */
export async function viewIncident(journal: JournalReader, id: string): Promise<IncidentView | null> {
  const row = await journal.aggregate<IncidentState>('incident', id);
  if (row === null) return null;
  return asView(row, readAbout(await journal.payload(row.state.about)));
}

/** Open incidents and those that ended within 24 h; with `all` every one. Newest first. */
export async function listIncidents(
  journal: JournalReader,
  options: { readonly now: number; readonly all?: boolean },
): Promise<IncidentView[]> {
  const rows = await listedRows(journal, options);
  const texts = await journal.payloads([...new Set(rows.map((row) => row.state.about))]);
  return rows.map((row) => asView(row, readAbout(texts.get(row.state.about) ?? null)));
}

async function listedRows(
  journal: JournalReader,
  { now, all }: { readonly now: number; readonly all?: boolean },
): Promise<AggregateRow<IncidentState>[]> {
  if (all === true) return journal.aggregates<IncidentState>('incident');
  const open = await journal.aggregates<IncidentState>('incident', { open: true });
  const recent = await journal.aggregates<IncidentState>('incident', { since: now - RECENT_MS });
  const isListed = ({ state }: AggregateRow<IncidentState>) =>
    state.status !== 'closed' || (state.closedAt ?? 0) >= now - RECENT_MS;
  const byId = new Map([...open, ...recent].filter(isListed).map((row) => [row.id, row]));
  return [...byId.values()].sort((one, other) => numberOf(other.id) - numberOf(one.id));
}

function numberOf(id: string): number {
  return Number(id.slice('GI-'.length));
}

/** What an incident is called when its text was erased. */
const ERASED: IncidentAbout = {
  alertname: 'erased',
  title: 'erased',
  description: null,
  runbookUrl: null,
  generatorUrl: null,
  groupLabels: {},
  labels: {},
};

function readAbout(text: string | null): IncidentAbout {
  return text === null ? ERASED : (JSON.parse(text) as IncidentAbout);
}

function asView({ id, version, state }: AggregateRow<IncidentState>, about: IncidentAbout): IncidentView {
  return {
    id,
    version,
    status: state.status,
    severity: state.severity,
    flags: flagsOf(state),
    service: state.service,
    channel: state.channel,
    digest: state.digest,
    runbooks: state.runbooks,
    about,
    owner: state.owner,
    responders: state.responders ?? [],
    offered: state.offered === true,
    openedAt: state.openedAt,
    acknowledgedAt: state.acknowledgedAt,
    recoveredAt: state.recoveredAt,
    resolvedAt: state.resolvedAt,
    resolvedBy: state.resolvedBy,
    closedAt: state.closedAt,
    reopened: state.reopened,
    previous: state.previous,
    alerts: { firing: state.firing, resolved: state.ended },
    byHand: state.byHand === true,
    quiet: state.quiet ?? null,
    foldedUnder: state.foldedUnder ?? null,
    foldedBy: state.foldedBy ?? null,
    folded: state.folded ?? [],
    splitFrom: state.splitFrom ?? null,
    flapping: state.flapping ?? null,
  };
}

function flagsOf(state: IncidentState): IncidentView['flags'] {
  const flags: Array<IncidentView['flags'][number]> = [];
  if (state.quiet?.kind === 'silenced') flags.push('silenced');
  if (state.flapping != null) flags.push('flapping');
  if (state.drill !== undefined) flags.push('drill');
  return flags;
}
