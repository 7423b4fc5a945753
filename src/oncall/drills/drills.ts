/**
 * How drills went. In: changes of incidents that are drills. Out: a record of each, and when it ends its times in its
 * thread, beside those of the last drills of the same severity.
 */
import type { BatchPart, DescribeEvent, IncidentChange } from '../../alerts/change.ts';
import type { IncidentState } from '../../alerts/incident-state.ts';
import { formatDuration } from '../../core/duration.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Journal, JournalReader, NewEvent } from '../../journal/port.ts';
import { ESCALATION, type EscalationState } from '../escalation-state.ts';
import { PAGE_KINDS } from '../page.ts';
import type { OncallPart } from '../part.ts';
import { DRILL, type DrillState, type DrillTimes, evolveDrill, secondsToAck, secondsToEnd } from './drill-state.ts';

const BESIDE = 3;

/** Keeps the record of drills. */
export function createDrills({ journal }: { readonly journal: Journal }): OncallPart {
  async function follow(change: IncidentChange): Promise<BatchPart> {
    const { before, after } = change;
    if (after.drill === undefined) return {};
    if (before === null) return recordOf(null, started(change, after.drill.paper), 0);
    if (after.status !== 'resolved' || before.status === 'resolved') return {};
    const row = await journal.aggregate<DrillState>(DRILL, after.id);
    if (row === null) return {};
    const times = await timesOf(journal, after);
    const beside = (await lastDrills(journal, row.state)).map((drill) => ({
      incident: drill.incident,
      startedAt: drill.startedAt,
      ackSeconds: secondsToAck(drill),
      endSeconds: secondsToEnd(drill),
    }));
    const ackSeconds = secondsToAck({ ...row.state, times });
    const endSeconds = secondsToEnd({ ...row.state, times });
    const data = { times, ackSeconds, endSeconds, beside };
    return recordOf(row.state, { type: 'drill.ended', v: 1, data }, row.version);
  }
  return { follow, describe: describeDrill };
}

function started({ after, at, actor }: IncidentChange, paper: boolean): NewEvent {
  const { id: incident, severity, service } = after;
  return { type: 'drill.started', v: 1, data: { incident, severity, paper, service, by: actor, startedAt: at } };
}

function recordOf(before: DrillState | null, event: NewEvent, expected: number): BatchPart {
  const state = evolveDrill(before, event);
  const { incident } = state;
  return { aggregates: [{ kind: DRILL, id: incident, expected, key: null, state, events: [event], incident }] };
}

async function timesOf(journal: JournalReader, after: IncidentState): Promise<DrillTimes> {
  const pages = await journal.effects({ kinds: PAGE_KINDS, incident: after.id });
  const sent = pages.flatMap(({ state, closedAt }) => (state === 'done' && closedAt !== null ? [closedAt] : []));
  const escalation = await journal.aggregate<EscalationState>(ESCALATION, after.id);
  return {
    pagedAt: earliest(pages.map(({ askedAt }) => askedAt)),
    sentAt: earliest(sent),
    acknowledgedAt: after.acknowledgedAt,
    owner: after.owner,
    resolvedAt: after.resolvedAt ?? after.openedAt,
    level: escalation?.state.level ?? 0,
  };
}

/** The drills of the same severity before this one that are over, newest first. */
async function lastDrills(
  journal: JournalReader,
  { incident, severity, startedAt }: DrillState,
): Promise<DrillState[]> {
  const all = (await journal.aggregates<DrillState>(DRILL)).map(({ state }) => state);
  const isBefore = (drill: DrillState) =>
    drill.incident !== incident && drill.severity === severity && drill.times !== null && drill.startedAt <= startedAt;
  return all
    .filter(isBefore)
    .sort((one, other) => other.startedAt - one.startedAt)
    .slice(0, BESIDE);
}

function earliest(moments: readonly number[]): number | null {
  return moments.length === 0 ? null : Math.min(...moments);
}

/** The words for how a drill went. */
export const describeDrill: DescribeEvent = ({ kind, type, data }) => {
  if (kind !== DRILL || type !== 'drill.ended') return null;
  const { level } = data.times as DrillTimes;
  const beside = (data.beside as readonly JsonObject[]).map(
    (drill) =>
      `${drill.incident}: ${timesText(drill)} (${new Date(Number(drill.startedAt)).toISOString().slice(0, 10)})`,
  );
  const last = beside.length === 0 ? 'it is the first of this severity' : `before it ${beside.join('; ')}`;
  return `drill over: ${timesText(data)}, level ${level} reached; ${last}`;
};

function timesText({ ackSeconds, endSeconds }: JsonObject): string {
  const acked =
    typeof ackSeconds === 'number' ? `acknowledged after ${formatDuration(ackSeconds)}` : 'nobody acknowledged';
  return `${acked}, ended after ${formatDuration(Number(endSeconds))}`;
}
