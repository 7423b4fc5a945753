import type { JournalReader } from '../../journal/port.ts';
import { LEASE, type LeaseState } from './lease-state.ts';

/** A lease that is not over, as the command line prints it. `until` ISO 8601 UTC. */
export interface ListedLease {
  readonly id: string;
  readonly run: string;
  readonly step: string;
  readonly service: string | null;
  readonly hosts: readonly string[];
  /** One line; may hold foreign text. */
  readonly what: string;
  readonly by: string;
  readonly until: string;
  /** 0 once its time is over. */
  readonly secondsLeft: number;
  /** `failed`: it is not reverted. */
  readonly state: 'active' | 'ending' | 'failed';
  /** What the last reversal came to, when it failed; null: none did. */
  readonly summary: string | null;
  readonly incident: string | null;
  readonly runbook: string;
}

/** Leases that are not over, the first to end first. */
export async function listLeases(
  journal: Pick<JournalReader, 'aggregates' | 'payloads'>,
  now: number,
): Promise<ListedLease[]> {
  const rows = await journal.aggregates<LeaseState>(LEASE, { open: true });
  const texts = await journal.payloads(
    rows.flatMap(({ state }) => [state.what, state.summary]).filter((digest) => digest !== null),
  );
  const text = (digest: string) => texts.get(digest) ?? 'its text was erased';
  return rows
    .map(({ state }) => state)
    .sort((one, other) => one.until - other.until)
    .map(({ id, run, runbook, step, service, hosts, incident, what, by, until, status, summary }) => ({
      id,
      run,
      step,
      service,
      hosts,
      what: text(what),
      by,
      until: new Date(until).toISOString(),
      secondsLeft: Math.max(0, Math.round((until - now) / 1000)),
      state: status === 'ended' ? 'ending' : status,
      summary: summary === null ? null : text(summary),
      incident,
      runbook,
    }));
}

/** Leases on a service that are not over, for what is frozen by them: one that is not reverted counts. */
export function createLeasesOn(
  journal: Pick<JournalReader, 'aggregates'>,
): (service: string) => Promise<Array<Pick<LeaseState, 'id' | 'runbook' | 'until' | 'incident'>>> {
  return async (service) => {
    const rows = await journal.aggregates<LeaseState>(LEASE, { open: true, service });
    return rows.map(({ state: { id, runbook, until, incident } }) => ({ id, runbook, until, incident }));
  };
}
