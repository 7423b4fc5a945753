/** The JSON of `silence`: times ISO 8601 UTC, durations in seconds, more keys may follow. */
import type { JsonObject } from '../../core/json.ts';
import type { BlastRadius } from './blast.ts';
import { printMatcher } from './matcher.ts';
import type { SilencePreview } from './request.ts';
import type { SilenceView } from './views.ts';

/** `silence list`, one of them. */
export function silenceJson(view: SilenceView): JsonObject {
  return {
    id: view.id,
    status: view.status,
    pending: view.pending,
    madeHere: view.madeHere,
    matchers: view.matchers.map(printMatcher),
    reason: view.reason,
    author: view.author,
    by: view.by,
    incident: view.incident,
    service: view.service,
    requestedAt: iso(view.requestedAt),
    endsAt: iso(view.endsAt),
    endedAt: view.endedAt === null ? null : iso(view.endedAt),
    failure: view.failure,
    alertmanagerId: view.held,
    mutesNow: view.mutes === null ? null : blastJson(view.mutes),
  };
}

/** `silence add --dry-run`. */
export function previewJson(preview: SilencePreview): JsonObject {
  const { now, lastSevenDays, severity, longestSeconds, refused, second, warnings, lines } = preview;
  return {
    now: blastJson(now),
    lastSevenDays: blastJson(lastSevenDays),
    severity,
    longestSeconds,
    refused: refused === undefined ? null : { ...refused },
    second: second === undefined ? null : { ...second },
    warnings,
    lines,
  };
}

function blastJson({ alerts, incidents, bySeverity, byService, incidentIds }: BlastRadius): JsonObject {
  return {
    alerts,
    incidents,
    bySeverity: Object.fromEntries(bySeverity.map(({ severity, ...counts }) => [severity, counts])),
    byService: byService.map((each) => ({ ...each })),
    incidentIds,
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
