import type { IncidentAbout, IncidentState } from '../../alerts/incident-state.ts';
import type { DigestConfig } from '../../core/config/config.ts';
import { formatDuration } from '../../core/duration.ts';
import { DAY_MS } from '../../core/wall-time.ts';
import type { Notice } from '../../journal/notice.ts';
import type { JournalReader } from '../../journal/port.ts';
import type { ReportRequest } from '../../journal/slots.ts';
import { countText, timeText } from './words.ts';

/** A silence in force, in words; foreign text is not escaped. */
export interface DigestSilence {
  readonly matchers: string;
  readonly until: number;
  readonly by: string;
  readonly reason: string;
}

/** Silences in force now; null: whoever keeps them does not answer. */
export type ActiveSilences = () => Promise<readonly DigestSilence[] | null>;

export interface DigestDeps {
  readonly journal: Pick<JournalReader, 'aggregates' | 'payloads' | 'head'>;
  readonly silences: ActiveSilences;
}

const MOST_ALERTS = 20;
const MOST_SILENCES = 10;
/** Later than this it is said to be late. */
const LATE_MS = 60_000;

/** What happened below the threads since the digest before: words for channel `ops`, and the journal's head. */
export async function writeDigest(deps: DigestDeps, request: ReportRequest, config: DigestConfig): Promise<Notice> {
  const since = request.since ?? request.until - DAY_MS;
  const [rows, silences, head] = await Promise.all([
    digestRows(deps, { since, until: request.until }),
    deps.silences(),
    deps.journal.head(),
  ]);
  const counts = { started: sum(rows, 'started'), firing: sum(rows, 'firing'), ended: sum(rows, 'ended') };
  const zone = config.timezone;
  return {
    to: { channel: config.channel },
    title: `Daily digest: ${countsText(counts)}`,
    lines: [
      ...latenessOf(request, zone),
      `Without a thread since ${timeText(zone, since)}: ${countsText(counts)}.`,
      ...rows.slice(0, MOST_ALERTS).map((row) => `• ${row.alertname}: ${countsText(row)}`),
      ...more(rows.length - MOST_ALERTS, 'alert'),
      ...silencesText(silences, zone),
      `Journal: event ${head.seq}, hash ${head.hash}`,
    ],
  };
}

interface Counts {
  /** Opened since the digest before. */
  readonly started: number;
  /** Still firing, whenever it began. */
  readonly firing: number;
  readonly ended: number;
}
type Row = Counts & { readonly alertname: string };

async function digestRows(
  { journal }: DigestDeps,
  window: { readonly since: number; readonly until: number },
): Promise<Row[]> {
  const open = await journal.aggregates<IncidentState>('incident', { open: true });
  const changed = await journal.aggregates<IncidentState>('incident', { since: window.since });
  const states = new Map([...open, ...changed].map(({ id, state }) => [id, state]));
  const own = [...states.values()].filter(({ digest, drill }) => digest && drill === undefined);
  const texts = await journal.payloads([...new Set(own.map(({ about }) => about))]);
  const rows = new Map<string, Row>();
  for (const state of own) {
    const alertname = alertnameIn(texts.get(state.about));
    const row = rows.get(alertname) ?? { alertname, started: 0, firing: 0, ended: 0 };
    const counts = countsOf(state, window);
    rows.set(alertname, {
      alertname,
      started: row.started + counts.started,
      firing: row.firing + counts.firing,
      ended: row.ended + counts.ended,
    });
  }
  return [...rows.values()]
    .filter(({ started, firing, ended }) => started + firing + ended > 0)
    .sort((one, other) => weight(other) - weight(one) || (one.alertname < other.alertname ? -1 : 1));
}

function countsOf(state: IncidentState, { since, until }: { since: number; until: number }): Counts {
  const endedAt = state.recoveredAt ?? state.resolvedAt;
  const fires = state.status === 'firing' || state.status === 'acknowledged';
  return {
    started: state.openedAt >= since && state.openedAt < until ? 1 : 0,
    firing: fires ? 1 : 0,
    ended: !fires && endedAt !== null && endedAt >= since ? 1 : 0,
  };
}

function weight({ started, firing, ended }: Counts): number {
  return firing * 1e6 + started * 1e3 + ended;
}

function sum(rows: readonly Row[], key: keyof Counts): number {
  return rows.reduce((total, row) => total + row[key], 0);
}

function countsText({ started, firing, ended }: Counts): string {
  const parts = [
    ...(started > 0 ? [`${started} new`] : []),
    ...(firing > 0 ? [`${firing} firing`] : []),
    ...(ended > 0 ? [`${ended} ended`] : []),
  ];
  return parts.length === 0 ? 'nothing new, nothing firing' : parts.join(', ');
}

function latenessOf({ dueAt, until, missed }: ReportRequest, zone: string): string[] {
  if (until - dueAt < LATE_MS && missed === 0) return [];
  const late = formatDuration((until - dueAt) / 1000);
  const passed = missed === 0 ? '' : ` ${countText(missed, 'digest')} before it passed and is told in this one.`;
  return [`This is the digest of ${timeText(zone, dueAt)}, late by ${late}: the bot was away.${passed}`];
}

function silencesText(silences: readonly DigestSilence[] | null, zone: string): string[] {
  if (silences === null) return ['Silences: Alertmanager does not answer, so they are not known.'];
  if (silences.length === 0) return [];
  return [
    `${countText(silences.length, 'silence')} in force:`,
    ...silences.slice(0, MOST_SILENCES).map((silence) => `• ${silenceText(silence, zone)}`),
    ...more(silences.length - MOST_SILENCES, 'silence'),
  ];
}

/** One silence in a line, its time by the clock of `zone`. */
export function silenceText({ matchers, until, by, reason }: DigestSilence, zone: string): string {
  return `${matchers} until ${timeText(zone, until)} by ${by}: ${reason}`;
}

function more(rest: number, noun: string): string[] {
  return rest > 0 ? [`… and ${countText(rest, noun)} more`] : [];
}

function alertnameIn(about: string | undefined): string {
  return about === undefined ? 'erased' : (JSON.parse(about) as IncidentAbout).alertname;
}
