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
import { counted, dotOf, lasted, reached } from './words.ts';

/** Leaves room for the severity and an owner's name within Slack's 150 of a header. */
const MAX_TITLE = 84;
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
    header(`${dotOf(view)} ${view.severity} · ${stateOf(card, nameOf)} · ${plain(view.about.title, MAX_TITLE)}`),
    context(identityOf(card)),
    ...descriptionOf(card),
    fields(fieldsOf(card, nameOf)),
    ...linksOf(card),
    ...runningOf(card, nameOf),
    ...incidentActions(card),
    ...reasonOf(card),
  ];
  return { text: textOf(card, nameOf), blocks };
}

function textOf(card: IncidentCard, nameOf: NameOf): string {
  const { view } = card;
  const owner = view.owner === null ? 'none' : foreign(nameOf(view.owner), 60);
  const what = `${foreign(view.about.alertname, 120)} - ${foreign(view.about.title, 200)}`;
  return `${view.severity} ${stateOf(card, nameOf)} ${what} - owner: ${owner} - ${view.id}`;
}

/** The state in words; plain text that is safe in mrkdwn too. */
function stateOf({ view, resolvesItself }: IncidentCard, nameOf: NameOf): string {
  switch (view.status) {
    case 'firing':
      return view.reopened > 0 ? 'FIRING again' : 'FIRING';
    case 'acknowledged':
      return `ACKED by ${view.owner === null ? 'nobody' : foreign(nameOf(view.owner), 40)}`;
    case 'recovered':
      return resolvesItself ? 'RECOVERED' : 'RECOVERED, please confirm';
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
    code(view.about.alertname, 120),
    ...(view.service === null ? [] : [`service ${code(view.service)}`]),
    alertsOf(view.alerts),
    `since ${dateToken(view.openedAt)}`,
    ...(view.previous === null ? [] : [`follows ${view.previous}`]),
    ...view.flags.map((flag) => flag.toUpperCase()),
  ];
  return parts.join(' · ');
}

function alertsOf(alerts: { firing: number; resolved: number }): string {
  if (alerts.firing === 0) return `${counted(alerts.resolved, 'alert')} ended`;
  return `${counted(alerts.firing, 'alert')} firing${alerts.resolved === 0 ? '' : `, ${alerts.resolved} ended`}`;
}

function descriptionOf({ view }: IncidentCard): PlainBlock[] {
  const description = plainLines(view.about.description ?? '', MAX_DESCRIPTION);
  return description === '' || description === view.about.title ? [] : [section(plainText(description))];
}

function fieldsOf(card: IncidentCard, nameOf: NameOf): string[] {
  const { view, escalation } = card;
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

function ownerOf({ view, escalation }: IncidentCard, nameOf: NameOf): string {
  if (view.status === 'resolved') {
    const at = momentOf(view.resolvedAt ?? view.openedAt, view.openedAt);
    const owner = view.owner === null ? 'none' : foreign(nameOf(view.owner), 60);
    if (view.resolvedBy === view.owner && view.owner !== null) return `${owner}, resolved it ${at}`;
    const isAuto = view.resolvedBy === null || view.resolvedBy === 'auto';
    return `${owner}; resolved ${isAuto ? 'by itself' : `by ${foreign(nameOf(view.resolvedBy ?? ''), 60)}`} ${at}`;
  }
  if (view.owner !== null) {
    const since = view.acknowledgedAt === null ? '' : ` since ${momentOf(view.acknowledgedAt, view.openedAt)}`;
    return `${foreign(nameOf(view.owner), 60)}${since}`;
  }
  const paged = reached(escalation?.paged ?? null, nameOf);
  return paged === null ? 'nobody yet' : `nobody yet; paged ${foreign(paged, 120)}`;
}

/** The time of day is enough for what lies within half a day. */
function momentOf(at: number, openedAt: number): string {
  return at - openedAt < HALF_DAY_MS ? dateToken(at, '{time}') : dateToken(at);
}

function nextStepOf({ view, resolvesItself, service }: IncidentCard): string {
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

function linksOf({ view }: IncidentCard): PlainBlock[] {
  const links = [safeLink(view.about.runbookUrl, 'Runbook'), safeLink(view.about.generatorUrl, 'Prometheus')];
  const shown = links.filter((link) => link !== null);
  return shown.length === 0 ? [] : [context(shown.join(' · '))];
}

function runningOf({ running, view }: IncidentCard, nameOf: NameOf): PlainBlock[] {
  if (running === null || view.status === 'resolved') return [];
  const text = `⏳ ${code(running.runbook)} (${running.id}) started by ${foreign(nameOf(running.by), 60)}`;
  return [context(`${text} ${dateToken(running.at, '{time}')}`)];
}

/** Why no actions are offered; silent once nobody needs any. */
function reasonOf({ view, service }: IncidentCard): PlainBlock[] {
  if (service.reason === null || view.status === 'resolved') return [];
  return [section(mrkdwn(`No actions are offered: ${foreign(service.reason, 300)}`))];
}
