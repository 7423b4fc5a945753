/**
 * One payload's alerts against what the journal knows: alerts come in, in any order and as often as Alertmanager
 * likes; incident drafts, occurrence rows and texts to store come out. Reads the journal, writes nothing.
 */
import type { Config } from '../core/config/config.ts';
import { createTurns } from '../core/turns.ts';
import type { Occurrence } from '../journal/port.ts';
import { incidentAbout, occurrenceAbout, type Text } from './about.ts';
import type { AlertGroup } from './correlation.ts';
import type { Urgency } from './delivery.ts';
import { createDrafts, type Draft, type Drafts, noteFiring, noteStarted } from './draft.ts';
import { findHome, NO_INCIDENT } from './home.ts';
import { type AlertDecision, applyAlert } from './occurrences.ts';
import type { Alert } from './payload.ts';
import type { AlertReader } from './pending.ts';
import type { RouteAlert, Routed } from './routing.ts';

/** What a payload changes. */
export interface Delivered {
  readonly drafts: readonly Draft[];
  readonly occurrences: readonly Occurrence[];
  readonly payloads: ReadonlyMap<string, string>;
  readonly decisions: readonly AlertDecision[];
}

export interface DeliverInput {
  readonly journal: AlertReader;
  readonly config: Config;
  readonly route: RouteAlert;
  readonly group: AlertGroup;
  readonly alerts: readonly Alert[];
  /** When the payload reached us, epoch milliseconds. */
  readonly receivedAt: number;
  /** Who tells; absent: Alertmanager. */
  readonly source?: string;
}

/** How exactly it is kept when an alert was last seen. */
const SEEN_EVERY_MS = 10_000;

/** Goes through the alerts of one payload. */
export async function deliverAlerts(input: DeliverInput): Promise<Delivered> {
  const fingerprints = [...new Set(input.alerts.map((alert) => alert.fingerprint))];
  const known = await input.journal.latestOccurrences(fingerprints);
  const work: Work = {
    input,
    drafts: createDrafts(input.journal, input.config.routing.reopenWithinSeconds),
    known,
    rows: new Map(),
    payloads: new Map(),
    keys: new Map(),
  };
  const decisions: AlertDecision[] = [];
  const turns = createTurns();
  for (const alert of input.alerts) {
    const decision = applyAlert(work.known.get(alert.fingerprint) ?? null, alert, input.receivedAt);
    await carryOut(work, alert, decision);
    decisions.push(decision);
    await turns.step();
  }
  return { drafts: work.drafts.all(), occurrences: [...work.rows.values()], payloads: work.payloads, decisions };
}

interface Work {
  readonly input: DeliverInput;
  readonly drafts: Drafts;
  readonly known: Map<string, Occurrence>;
  readonly rows: Map<string, Occurrence>;
  readonly payloads: Map<string, string>;
  readonly keys: Map<string, string>;
}

async function carryOut(work: Work, alert: Alert, decision: AlertDecision): Promise<void> {
  const known = work.known.get(alert.fingerprint);
  switch (decision.kind) {
    case 'started':
      return start(work, alert, known, decision.reason === 'still-active');
    case 'moved':
      return known === undefined ? undefined : move(work, alert, known);
    case 'repeated':
      return known === undefined ? undefined : repeat(work, alert, known);
    case 'ended':
      return known === undefined ? undefined : end(work, alert.startsAt, known, decision.endsAt);
    case 'remembered':
      return rememberEnd(work, alert, known, decision.endsAt);
    case 'ignored':
      await draftOf(work, known);
      return;
    default:
      decision satisfies never;
  }
}

async function start(work: Work, alert: Alert, known: Occurrence | undefined, wentOn = false): Promise<void> {
  const routed = work.input.route(alert.labels);
  const name = () => store(work, incidentAbout(alert, work.input.group), null);
  const homeless = { alert, routed, last: known?.incident ?? null, name };
  const draft = await findHome({ ...work.input, keys: work.keys }, work.drafts, homeless);
  const replaced = await rowIn(work, draft, alert.fingerprint, known);
  if (replaced?.status === 'resolved') draft.ended -= 1;
  if (replaced?.status !== 'firing') draft.firing += 1;
  noteStarted(draft, urgencyOf(work, routed));
  const row = firingRow(work, alert, draft.id, routed);
  keep(work, wentOn && known?.endsAt != null ? { ...row, endedBefore: known.endsAt } : row);
}

async function move(work: Work, alert: Alert, known: Occurrence): Promise<void> {
  const draft = await work.drafts.openById(known.incident, work.input.receivedAt);
  if (draft !== null) {
    const routed = work.input.route(alert.labels);
    noteStarted(draft, urgencyOf(work, routed));
    return keep(work, firingRow(work, alert, draft.id, routed));
  }
  await end(work, known.startsAt, known, alert.startsAt);
  return start(work, alert, work.known.get(alert.fingerprint));
}

async function repeat(work: Work, alert: Alert, known: Occurrence): Promise<void> {
  const draft = await draftOf(work, known);
  const routed = work.input.route(alert.labels);
  if (draft !== null) noteFiring(draft, urgencyOf(work, routed));
  const about = store(work, occurrenceAbout(alert), known.about);
  const { severity } = routed;
  const lastSeen = work.input.receivedAt;
  if (isAsSeen(known, about, severity, lastSeen)) return;
  keep(work, { ...known, severity, lastSeen, about });
}

/** Two Alertmanagers of a cluster tell the same within moments: a row is not written for that. */
function isAsSeen(known: Occurrence, about: string, severity: string, seenAt: number): boolean {
  if (known.about !== about || known.severity !== severity) return false;
  return seenAt >= known.lastSeen && seenAt - known.lastSeen < SEEN_EVERY_MS;
}

async function end(work: Work, startsAt: number, known: Occurrence, endsAt: number): Promise<void> {
  const draft = await draftOf(work, known);
  if (draft !== null) {
    draft.firing -= 1;
    draft.ended += 1;
  }
  const latestStart = Math.max(known.startsAt, startsAt);
  keep(work, { ...known, startsAt: latestStart, endsAt, status: 'resolved', lastSeen: work.input.receivedAt });
}

/** Kept where the fingerprint was last seen, else under no incident. */
function rememberEnd(work: Work, alert: Alert, known: Occurrence | undefined, endsAt: number): void {
  const incident = known?.incident ?? NO_INCIDENT;
  const { fingerprint } = alert;
  const startsAt = Math.max(known?.startsAt ?? alert.startsAt, alert.startsAt);
  const lastSeen = work.input.receivedAt;
  const rest = { severity: known?.severity ?? '', about: known?.about ?? '' };
  keep(work, { incident, fingerprint, startsAt, endsAt, status: 'resolved', lastSeen, ...rest });
}

async function draftOf(work: Work, known: Occurrence | undefined): Promise<Draft | null> {
  if (known === undefined || known.incident === NO_INCIDENT) return null;
  return work.drafts.byId(known.incident);
}

/** The row of this fingerprint that a firing in `draft` replaces: there is one an incident and fingerprint. */
async function rowIn(
  work: Work,
  draft: Draft,
  fingerprint: string,
  known: Occurrence | undefined,
): Promise<Occurrence | undefined> {
  if (known === undefined || known.incident === draft.id) return known;
  const pending = work.rows.get(rowKey(draft.id, fingerprint));
  if (pending !== undefined || draft.before === null) return pending;
  const stored = await work.input.journal.occurrencesOf(draft.id);
  return stored.find((row) => row.fingerprint === fingerprint);
}

function urgencyOf(work: Work, routed: Routed): Urgency {
  const { severity, runbooks, policyContact } = routed;
  return { severity, runbooks, policyContact, digest: work.input.config.severities[severity].digest };
}

function firingRow(work: Work, alert: Alert, incident: string, routed: Routed): Occurrence {
  const { fingerprint, startsAt } = alert;
  const about = store(work, occurrenceAbout(alert), null);
  const { severity } = routed;
  const lastSeen = work.input.receivedAt;
  const { source } = work.input;
  const row: Occurrence = {
    incident,
    fingerprint,
    startsAt,
    endsAt: null,
    status: 'firing',
    severity,
    lastSeen,
    about,
  };
  return source === undefined ? row : { ...row, source };
}

function store(work: Work, text: Text, stored: string | null): string {
  if (text.digest !== stored) work.payloads.set(text.digest, text.text);
  return text.digest;
}

function keep(work: Work, row: Occurrence): void {
  work.known.set(row.fingerprint, row);
  work.rows.set(rowKey(row.incident, row.fingerprint), row);
}

function rowKey(incident: string, fingerprint: string): string {
  return `${incident}|${fingerprint}`;
}
