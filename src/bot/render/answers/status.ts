import type { IncidentView } from '../../../alerts/incident-view.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { BotHealth } from '../../listen/deps.ts';
import { code, foreign } from '../../mrkdwn.ts';
import { type Answer, answerOf } from './answer.ts';

export interface StatusFacts {
  readonly incidents: readonly IncidentView[];
  readonly service: string | null;
  readonly health: BotHealth;
  readonly now: number;
  readonly nameOf: (actor: string) => string;
}

const MOST_LISTED = 20;
const MARKS = { P0: '🔴', P1: '🟠', P2: '🟡', P3: '🔵' } as const;

/** Open incidents, worst and oldest first, and how the bot itself is (UX.md 3.7). */
export function renderStatus(facts: StatusFacts): Answer {
  const about = facts.incidents.filter((each) => facts.service === null || each.service === facts.service);
  const open = about.filter(isOpen).sort(bySeverityThenAge);
  const where = facts.service === null ? '' : ` · ${code(facts.service)}`;
  if (open.length === 0) {
    return answerOf([`🟢 *All quiet.*${where} ${lastWords(about, facts.now)}`.trim(), botLine(facts)]);
  }
  const waiting = open.filter((each) => each.status === 'firing' && each.severity === 'P0').length;
  const head = `*${open.length} open*${waiting > 0 ? ` · ${waiting} P0 not acknowledged` : ''}${where}`;
  const lines = open.slice(0, MOST_LISTED).map((each) => incidentLine(each, facts));
  if (open.length > MOST_LISTED) lines.push(`+${open.length - MOST_LISTED} more`);
  return answerOf([head, lines.join('\n'), botLine(facts)]);
}

/** One incident as a line: mark, id, state, service, what, owner, age. */
export function incidentLine(incident: IncidentView, facts: Pick<StatusFacts, 'now' | 'nameOf'>): string {
  const owner = incident.owner === null ? 'no owner' : foreign(facts.nameOf(incident.owner), 60);
  const age = formatDuration(Math.max(0, (facts.now - incident.openedAt) / 1000));
  return [
    `${MARKS[incident.severity]} *${incident.id}* ${incident.severity} ${incident.status.toUpperCase()}`,
    incident.service === null ? '' : code(incident.service),
    foreign(incident.about.title, 120),
    owner,
    age,
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function isOpen(incident: IncidentView): boolean {
  return incident.status === 'firing' || incident.status === 'acknowledged' || incident.status === 'recovered';
}

function bySeverityThenAge(a: IncidentView, b: IncidentView): number {
  return a.severity === b.severity ? a.openedAt - b.openedAt : a.severity < b.severity ? -1 : 1;
}

function lastWords(incidents: readonly IncidentView[], now: number): string {
  const last = [...incidents].sort((a, b) => endOf(b) - endOf(a))[0];
  if (last === undefined) return 'No incident so far.';
  return `Last incident ${last.id}, ended ${formatDuration((now - endOf(last)) / 1000)} ago.`;
}

function endOf(incident: IncidentView): number {
  return incident.closedAt ?? incident.resolvedAt ?? incident.openedAt;
}

function botLine({ health, now }: StatusFacts): string {
  const seen =
    health.lastWebhookAt === null
      ? 'no webhook since the start'
      : `last webhook ${formatDuration((now - health.lastWebhookAt) / 1000)} ago`;
  const store = health.storeWritable ? 'store OK' : '*store cannot be written*';
  const parked = health.parked === 0 ? '' : ` · *${health.parked} parked* (see \`gianna-ops inbox\`)`;
  return `Bot: ${store} · ${health.waiting} waiting${parked} · ${seen}`;
}
