import type { Severity } from '../core/config/config.ts';
import type { DecideContext } from './decision.ts';
import { type Because, type Counts, type IncidentEvent, type IncidentEventData, incidentEvent } from './events.ts';
import { beginsToFlap } from './flapping.ts';
import { endQuietOnRaise } from './incident-severity.ts';
import type { IncidentState } from './incident-state.ts';
import { isHigher } from './severity.ts';

/** What one payload brings to one incident. */
export interface Delivery {
  /** Change of the number of occurrences that are open, and that have ended. */
  readonly firing: number;
  readonly ended: number;
  /** Whether an occurrence began that was not known before. */
  readonly started: boolean;
  /** The most urgent of the delivered firing alerts; null: none fires. */
  readonly most: Urgency | null;
  /** The same of those that began with this delivery. */
  readonly mostStarted: Urgency | null;
  /** Alerts of the group that we were not shown. */
  readonly truncated: number;
  /** Alerts of the payload that could not be read. */
  readonly rejected: number;
  /** Some alert of the group fires, shown or not. */
  readonly groupFires: boolean;
  /** Not delivered but found by asking Alertmanager: that it fires, or that it has gone. */
  readonly because?: Because;
}

/** What the route of an alert asks for. */
export interface Urgency {
  readonly severity: Severity;
  readonly runbooks: readonly string[];
  readonly policyContact: string | null;
  readonly digest: boolean;
}

/** How a new incident begins; its counts come from the delivery. */
export type Opening = Omit<IncidentEventData['incident.opened'], 'firing' | 'ended'>;

/** Decides what a delivery means for an incident, or for the one that it opens; never a refusal. */
export function decideDelivery(
  state: IncidentState | null,
  delivery: Delivery,
  opening: Opening | null,
  { now, flapping }: Pick<DecideContext, 'now' | 'flapping'>,
): readonly IncidentEvent[] {
  if (state === null) return opening === null ? [] : openingEvents(opening, delivery);
  const missing = state.status === 'closed' ? [] : missingEvents(state, delivery);
  const counted = countEvents(state, delivery);
  return [...counted, ...beginsToFlap(state, counted, now, flapping), ...raiseEvents(state, delivery), ...missing];
}

function openingEvents(opening: Opening, delivery: Delivery): IncidentEvent[] {
  const counts = withBecause({ firing: delivery.firing, ended: delivery.ended }, delivery);
  const events = [incidentEvent('incident.opened', { ...mostUrgent(opening, delivery), ...counts })];
  if (delivery.firing === 0) events.push(incidentEvent('incident.recovered', counts));
  return [...events, ...missingEvents({ truncated: 0, rejected: 0 }, delivery)];
}

/** An incident opens as urgent as the most urgent alert of the payload, whichever of them opened it. */
function mostUrgent(opening: Opening, { most }: Delivery): Opening {
  if (most === null || !isHigher(most.severity, opening.severity)) return opening;
  const { severity, digest } = most;
  const runbooks = [...new Set([...most.runbooks, ...opening.runbooks])];
  return { ...opening, severity, digest, runbooks, policyContact: most.policyContact ?? opening.policyContact };
}

function countEvents(state: IncidentState, delivery: Delivery): IncidentEvent[] {
  const after = { firing: state.firing + delivery.firing, ended: state.ended + delivery.ended };
  const counts = withBecause(after, delivery);
  const isHeld = state.byHand === true && !delivery.started;
  const isOver = counts.firing === 0 && !isHeld && !(delivery.truncated > 0 && delivery.groupFires);
  const recovery = isOver ? [incidentEvent('incident.recovered', counts)] : [];
  switch (state.status) {
    case 'firing':
    case 'acknowledged':
      return isOver ? recovery : changedCounts(state, counts);
    case 'recovered':
      if (delivery.started) return [incidentEvent('incident.refired', counts), ...recovery];
      return changedCounts(state, counts);
    case 'resolved':
      if (delivery.started) return [incidentEvent('incident.reopened', counts), ...recovery];
      return changedCounts(state, counts);
    case 'closed':
      return changedCounts(state, counts);
    default:
      return state.status satisfies never;
  }
}

function withBecause(counts: Counts, { because }: Delivery): Counts {
  return because === undefined ? counts : { ...counts, because };
}

function changedCounts(state: IncidentState, counts: Counts): IncidentEvent[] {
  if (counts.firing === state.firing && counts.ended === state.ended) return [];
  return [incidentEvent('incident.alerts-changed', counts)];
}

/**
 * A raise is an event; a severity never falls by itself (CONFIG.md, routes.yml). What a person chose is raised by an
 * alert that began since alone.
 */
function raiseEvents(state: IncidentState, delivery: Delivery): IncidentEvent[] {
  const most = state.severityChosen === true ? delivery.mostStarted : delivery.most;
  const isLive = state.status !== 'closed' && (state.status !== 'resolved' || delivery.started);
  if (most === null || !isLive || !isHigher(most.severity, state.severity)) return [];
  const runbooks = [...new Set([...most.runbooks, ...state.runbooks])];
  const policyContact = most.policyContact ?? state.policyContact;
  const { severity: to, digest } = most;
  const raised = { from: state.severity, to, runbooks, policyContact, digest };
  return [incidentEvent('incident.severity-raised', raised), ...endQuietOnRaise(state, to)];
}

/** Told once, and again only when the number changes. */
function missingEvents(told: Pick<IncidentState, 'truncated' | 'rejected'>, delivery: Delivery): IncidentEvent[] {
  const events: IncidentEvent[] = [];
  if (delivery.truncated !== (told.truncated ?? 0)) {
    events.push(incidentEvent('incident.truncated', { count: delivery.truncated }));
  }
  if (delivery.rejected > 0 && delivery.rejected !== told.rejected) {
    events.push(incidentEvent('incident.alerts-rejected', { count: delivery.rejected }));
  }
  return events;
}
