import type { IncidentView } from '../../alerts/incident-view.ts';
import { LIMITS } from '../limits.ts';
import { code, dateToken, foreign, plain, plainLines } from '../mrkdwn.ts';
import type { IncidentCard, NameOf } from './cards.ts';
import { incidentActions } from './incident-actions.ts';
import { safeLink } from './links.ts';
import {
  context,
  fields,
  header,
  type MessagePayload,
  mrkdwn,
  type PlainBlock,
  plainText,
  section,
} from './payload.ts';
import { standingOf } from './standing.ts';
import { counted, dotOf, lasted, reached } from './words.ts';

/** Longest title in a header; what stands before it may leave less of Slack's 150. */
const MAX_TITLE = 84;
const MAX_NAME = 24;
const MOST_RESPONDERS = 8;
const MAX_DESCRIPTION = 900;
const HALF_DAY_MS = 12 * 3600_000;

/**
 * The parent of an incident's thread, in every state (UX.md 3.1): what, how bad, who owns it, since when, next step. The
 * text has alertname, id and severity, later ACK, then RECOVERED, RESOLVED or CLOSED (DESIGN.md, Details).
 */
export function renderIncident(card: IncidentCard, nameOf: NameOf): MessagePayload {
  const { view } = card;
  if (view.status === 'closed') return renderClosed(card);
  const blocks: PlainBlock[] = [
    header(headerOf(card, nameOf)),
    context(identityOf(card)),
    ...standingOf(card, nameOf),
    ...descriptionOf(card),
    fields(fieldsOf(card, nameOf)),
    ...remarksOf(card, nameOf),
    ...incidentActions(card),
    ...reasonOf(card),
  ];
  return { text: textOf(card, nameOf), blocks };
}

function headerOf(card: IncidentCard, nameOf: NameOf): string {
  const { view } = card;
  const before = `${dotOf(view)} ${view.severity} · ${stateOf(card, nameOf)} · `;
  return `${before}${plain(view.about.title, Math.min(MAX_TITLE, LIMITS.header - before.length))}`;
}

function textOf(card: IncidentCard, nameOf: NameOf): string {
  const { view } = card;
  const owner = view.owner === null ? 'none' : foreign(nameOf(view.owner), 60);
  const what = `${foreign(view.about.alertname, 120)} - ${foreign(view.about.title, 200)}`;
  return `${view.severity} ${stateOf(card, nameOf)} ${what} - owner: ${owner} - ${view.id}`;
}

/** The state in words, and how it stands; plain text that is safe in mrkdwn too. */
function stateOf(card: IncidentCard, nameOf: NameOf): string {
  const { quiet, flapping, foldedUnder, status } = card.view;
  const state = statusWords(card, nameOf);
  if (status === 'resolved') return state;
  const standing = [
    ...(flapping === null ? [] : ['FLAPPING']),
    ...(foldedUnder === null ? [] : [`FOLDED beneath ${foldedUnder}`]),
    ...(quiet === null ? [] : [quiet.kind.toUpperCase()]),
  ];
  return [state, ...standing].join(', ');
}

function statusWords({ view, resolvesItself }: IncidentCard, nameOf: NameOf): string {
  switch (view.status) {
    case 'firing':
      return view.reopened > 0 ? 'FIRING again' : 'FIRING';
    case 'acknowledged':
      return `ACKED by ${view.owner === null ? 'nobody' : foreign(nameOf(view.owner), MAX_NAME)}`;
    case 'recovered':
      return resolvesItself || view.flapping !== null ? 'RECOVERED' : 'RECOVERED, please confirm';
    case 'resolved':
      return `RESOLVED after ${lasted(view.openedAt, view.resolvedAt ?? view.openedAt)}`;
    case 'closed':
      return 'CLOSED';
    default: {
      const never: never = view.status;
      return never;
    }
  }
}

function renderClosed({ view }: IncidentCard): MessagePayload {
  const text = `CLOSED · ${foreign(view.about.alertname, 120)} · ${view.id} · ${view.severity}`;
  return { text, blocks: [context(text)] };
}

function identityOf({ view }: IncidentCard): string {
  const parts = [
    view.id,
    ...(isWithoutAlert(view) ? [] : [code(view.about.alertname, 120)]),
    ...(view.service === null ? [] : [`service ${code(view.service)}`]),
    alertsOf(view),
    `since ${dateToken(view.openedAt)}`,
    ...(view.previous === null ? [] : [`follows ${view.previous}`]),
    ...(view.flags.includes('drill') ? ['🎓 DRILL'] : []),
  ];
  return parts.join(' · ');
}

function alertsOf({ alerts, byHand }: IncidentView): string {
  if (isWithoutAlert({ alerts, byHand })) return '✋ opened by hand, without an alert';
  if (alerts.firing + alerts.resolved === 0) return 'no alert left';
  if (alerts.firing === 0) return `${counted(alerts.resolved, 'alert')} ended`;
  return `${counted(alerts.firing, 'alert')} firing${alerts.resolved === 0 ? '' : `, ${alerts.resolved} ended`}`;
}

function isWithoutAlert({ alerts, byHand }: Pick<IncidentView, 'alerts' | 'byHand'>): boolean {
  return byHand && alerts.firing + alerts.resolved === 0;
}

function descriptionOf({ view }: IncidentCard): PlainBlock[] {
  const description = plainLines(view.about.description ?? '', MAX_DESCRIPTION);
  return description === '' || description === view.about.title ? [] : [section(plainText(description))];
}

function fieldsOf(card: IncidentCard, nameOf: NameOf): string[] {
  const { view } = card;
  // while it pages nobody there is nothing to count down to
  const escalation = view.quiet === null && view.foldedUnder === null ? card.escalation : null;
  const shown = [`*Owner*\n${ownerOf(card, nameOf)}`];
  if (view.status === 'firing' && escalation?.respondBy != null) {
    shown.push(`*Answer by*\n${momentOf(escalation.respondBy, view.openedAt)}`);
  }
  if (view.status === 'firing' && escalation?.nextAt != null) {
    const next = reached(escalation.next, nameOf);
    shown.push(
      `*Escalates*\n${momentOf(escalation.nextAt, view.openedAt)}${next === null ? '' : ` to ${foreign(next, 120)}`}`,
    );
  }
  shown.push(`*Next step*\n${nextStepOf(card)}`);
  return shown;
}

function ownerOf(card: IncidentCard, nameOf: NameOf): string {
  const { view, escalation } = card;
  if (view.status === 'resolved') {
    const at = momentOf(view.resolvedAt ?? view.openedAt, view.openedAt);
    const owner = view.owner === null ? 'none' : foreign(nameOf(view.owner), 60);
    if (view.resolvedBy === view.owner && view.owner !== null) return `${owner}, resolved it ${at}`;
    const isAuto = view.resolvedBy === null || view.resolvedBy === 'auto';
    return `${owner}; resolved ${isAuto ? 'by itself' : `by ${foreign(nameOf(view.resolvedBy ?? ''), 60)}`} ${at}`;
  }
  if (view.owner !== null) {
    const since = view.acknowledgedAt === null ? '' : ` since ${momentOf(view.acknowledgedAt, view.openedAt)}`;
    return `${foreign(nameOf(view.owner), 60)}${since}${clockOf(card)}${respondersOf(view, nameOf)}`;
  }
  const paged = reached(escalation?.paged ?? null, nameOf);
  const called = paged === null ? '' : `; paged ${foreign(paged, 120)}`;
  return `nobody yet${called}${respondersOf(view, nameOf)}`;
}

/** The acknowledgement's clock: ` · asked again 14:35`. */
function clockOf({ view, escalation }: IncidentCard): string {
  const ack = escalation?.ack ?? null;
  if (ack === null || view.status !== 'acknowledged') return '';
  const at = momentOf(ack.next.at, view.openedAt);
  if (ack.askedAt === null) return ` · asked again ${at}`;
  const then = ack.next.step === 'owner' ? 'paged' : 'next level paged';
  return ` · asked ${momentOf(ack.askedAt, view.openedAt)}, ${then} ${at} without an answer`;
}

function respondersOf({ responders }: IncidentView, nameOf: NameOf): string {
  if (responders.length === 0) return '';
  return `\nwith ${responders
    .slice(0, MOST_RESPONDERS)
    .map((key) => foreign(nameOf(key), 40))
    .join(', ')}`;
}

/** The time of day is enough for what lies within half a day. */
function momentOf(at: number, openedAt: number): string {
  return at - openedAt < HALF_DAY_MS ? dateToken(at, '{time}') : dateToken(at);
}

function nextStepOf(card: IncidentCard): string {
  const { view, maySilence = false } = card;
  const isOver = view.status === 'resolved' || view.status === 'closed';
  if (!isOver && view.foldedUnder !== null) return `work on ${view.foldedUnder}; this follows it`;
  if (!isOver && view.quiet !== null) {
    return `nothing until then, or press ${view.quiet.kind === 'silenced' ? 'Lift' : 'Wake'}`;
  }
  if (!isOver && view.flapping !== null) {
    const silence = maySilence && view.severity !== 'P0' ? 'silence' : 'snooze';
    return `mend the cause or its rule; ${silence} it meanwhile`;
  }
  return nextByStatus(card);
}

function nextByStatus({ view, resolvesItself, service }: IncidentCard): string {
  switch (view.status) {
    case 'firing':
      return 'press Ack if you take it';
    case 'acknowledged':
      return service.mayDiagnose ? 'run the diagnosis, mend it, then resolve' : 'mend it, then resolve';
    case 'recovered':
      return resolvesItself ? 'resolves by itself if it stays quiet' : 'look whether it is well, then press Resolve';
    case 'resolved':
    case 'closed':
      return 'nothing; it reopens here if it fires again soon';
    default: {
      const never: never = view.status;
      return never;
    }
  }
}

/** Links, and what acts on it now: one block. */
function remarksOf(card: IncidentCard, nameOf: NameOf): PlainBlock[] {
  const { about } = card.view;
  const links = [safeLink(about.runbookUrl, 'Runbook'), safeLink(about.generatorUrl, sourceName(about.generatorUrl))];
  const shown = links.filter((link) => link !== null).join(' · ');
  const remarks = [runningOf(card, nameOf), shown].filter((remark) => remark !== '');
  return remarks.length === 0 ? [] : [context(...remarks)];
}

/** Prometheus's links lead to its graph; those of other senders to wherever they say. */
function sourceName(url: string | null): string {
  return url !== null && /\/(graph|query)\?g0\.expr=/.test(url) ? 'Prometheus' : 'Source';
}

function runningOf({ running, view }: IncidentCard, nameOf: NameOf): string {
  if (running === null || view.status === 'resolved') return '';
  const text = `⏳ ${code(running.runbook)} (${running.id}) started by ${foreign(nameOf(running.by), 60)}`;
  return `${text} ${dateToken(running.at, '{time}')}`;
}

/** Why no actions are offered; silent once nobody needs any. */
function reasonOf({ view, service }: IncidentCard): PlainBlock[] {
  if (service.reason === null || view.status === 'resolved') return [];
  return [section(mrkdwn(`No actions are offered: ${foreign(service.reason, 300)}`))];
}
