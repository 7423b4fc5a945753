import type { InboxRow } from '../../journal/port.ts';
import { type EnvelopeRead, readPayload } from '../payload.ts';
import type { AlertReader } from '../pending.ts';
import type { RouteAlert } from '../routing.ts';
import { EVENT, envelopeOf, fingerprintOf, type PlainEvent, readEvent, saidSeverity } from './event.ts';
import { GRAFANA, readGrafana } from './grafana.ts';

/** Reads a stored row of whichever source as an envelope of alerts. */
export async function readRow(row: InboxRow, reader: AlertReader): Promise<EnvelopeRead> {
  if (row.source === GRAFANA) return readGrafana(row.body);
  if (row.source !== EVENT) return readPayload(row.body, { withAlerts: true });
  const read = readEvent(row.body);
  if (read.kind === 'refused') return read;
  return { kind: 'ok', envelope: await placeEvent(read.event, row.receivedAt, reader) };
}

/** An event says that something is so, not since when: what fires goes on, and what ended begins anew. */
async function placeEvent(event: PlainEvent, receivedAt: number, reader: AlertReader) {
  const fingerprint = fingerprintOf(event);
  const known = (await reader.latestOccurrences([fingerprint])).get(fingerprint);
  const later = Math.max(receivedAt, (known?.startsAt ?? 0) + 1, known?.endsAt ?? 0);
  if (event.status === 'resolved') return envelopeOf(event, known?.startsAt ?? receivedAt, later);
  return envelopeOf(event, known?.status === 'firing' ? known.startsAt : later, later);
}

/** The routes, but that an event which says P0 to P3 has that severity. */
export function routeFor(source: string, route: RouteAlert): RouteAlert {
  if (source !== EVENT) return route;
  return (labels) => {
    const severity = saidSeverity(labels);
    const routed = route(labels);
    return severity === null ? routed : { ...routed, severity };
  };
}

/** Whose name stands beside what the rows of a source change. */
export function actorOf(source: string): 'alertmanager' | 'grafana' | 'event' {
  return source === GRAFANA || source === EVENT ? source : 'alertmanager';
}
