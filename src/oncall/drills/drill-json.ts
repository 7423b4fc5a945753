import type { JournalReader } from '../../journal/port.ts';
import { DRILL, type DrillState, secondsToAck, secondsToEnd } from './drill-state.ts';

/** One row of `drills --json`: times ISO 8601 UTC, durations in seconds; null: it did not come to that. */
export type DrillJson = {
  readonly id: string;
  readonly severity: string;
  readonly paper: boolean;
  readonly service: string | null;
  readonly by: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly pagedAt: string | null;
  readonly sentAt: string | null;
  readonly acknowledgedAt: string | null;
  readonly owner: string | null;
  /** From the page to the acknowledgement. */
  readonly ackSeconds: number | null;
  readonly endSeconds: number | null;
  readonly level: number | null;
  /** The drill of the same severity before it. */
  readonly before: {
    readonly id: string;
    readonly ackSeconds: number | null;
    readonly endSeconds: number | null;
  } | null;
};

/** Every drill, newest first. */
export async function listDrills(journal: Pick<JournalReader, 'aggregates'>): Promise<DrillJson[]> {
  const drills = (await journal.aggregates<DrillState>(DRILL)).map(({ state }) => state);
  drills.sort((one, other) => other.startedAt - one.startedAt);
  return drills.map((drill, index) => {
    const before = drills.slice(index + 1).find(({ severity, times }) => severity === drill.severity && times !== null);
    return drillJson(drill, before ?? null);
  });
}

function drillJson(drill: DrillState, before: DrillState | null): DrillJson {
  const { incident, severity, paper, service, by, startedAt, times } = drill;
  return {
    id: incident,
    severity,
    paper,
    service,
    by,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: iso(times?.resolvedAt),
    pagedAt: iso(times?.pagedAt),
    sentAt: iso(times?.sentAt),
    acknowledgedAt: iso(times?.acknowledgedAt),
    owner: times?.owner ?? null,
    ackSeconds: secondsToAck(drill),
    endSeconds: secondsToEnd(drill),
    level: times?.level ?? null,
    before:
      before === null
        ? null
        : { id: before.incident, ackSeconds: secondsToAck(before), endSeconds: secondsToEnd(before) },
  };
}

function iso(at: number | null | undefined): string | null {
  return at == null ? null : new Date(at).toISOString();
}
