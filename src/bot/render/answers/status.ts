import type { IncidentView } from '../../../alerts/incident-view.ts';
import type { SilenceView } from '../../../alerts/silences/views.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { BotHealth } from '../../listen/deps.ts';
import { code, dateToken, foreign } from '../../mrkdwn.ts';
import { type Answer, answerOf } from './answer.ts';
import { silenceLine } from './silences.ts';

export interface StatusFacts {
  readonly incidents: readonly IncidentView[];
  /** null: they could not be learnt. */
  readonly silences: readonly SilenceView[] | null;
  readonly service: string | null;
  readonly health: BotHealth;
  readonly now: number;
  readonly nameOf: (actor: string) => string;
}

const MOST_LISTED = 20;
const MOST_SILENCES = 5;
const MARKS = { P0: '🔴', P1: '🟠', P2: '🟡', P3: '🔵' } as const;

/** Open incidents, worst and oldest first, what is silenced, and how the bot itself is (UX.md 3.7). */
export function renderStatus(facts: StatusFacts): Answer {
  const about = facts.incidents.filter((each) => facts.service === null || each.service === facts.service);
  const open = about.filter(isOpen).sort(bySeverityThenAge);
  const where = facts.service === null ? '' : ` · ${code(facts.service)}`;
  if (open.length === 0) {
    const quiet = `🟢 *All quiet.*${where} ${lastWords(about, facts.now)}`.trim();
    return answerOf([quiet, silencesPart(facts), botLine(facts)]);
  }
  // what is folded is told by the incident that it is folded beneath
  const own = open.filter(({ foldedUnder }) => foldedUnder === null || !open.some(({ id }) => id === foldedUnder));
  const lines = own.slice(0, MOST_LISTED).map((each) => incidentLine(each, facts));
  if (own.length > MOST_LISTED) lines.push(`+${own.length - MOST_LISTED} more`);
  return answerOf([headOf(open, facts) + where, lines.join('\n'), silencesPart(facts), botLine(facts)]);
}

function headOf(open: readonly IncidentView[], { silences }: StatusFacts): string {
  const waiting = open.filter((each) => each.status === 'firing' && each.severity === 'P0').length;
  const snoozed = open.filter(({ quiet }) => quiet?.kind === 'snoozed').length;
  const folded = open.filter(({ foldedUnder }) => foldedUnder !== null).length;
  const silenced = silences?.length ?? 0;
  const parts = [
    `*${open.length} open*`,
    ...(waiting > 0 ? [`${waiting} P0 not acknowledged`] : []),
    ...(silenced > 0 ? [silenced === 1 ? '1 silence' : `${silenced} silences`] : []),
    ...(snoozed > 0 ? [`${snoozed} snoozed`] : []),
    ...(folded > 0 ? [`${folded} folded`] : []),
  ];
  return parts.join(' · ');
}

/** One incident as a line: mark, id, state, how it stands, service, what, owner, age. */
export function incidentLine(incident: IncidentView, facts: Pick<StatusFacts, 'now' | 'nameOf'>): string {
  const owner = incident.owner === null ? 'no owner' : foreign(facts.nameOf(incident.owner), 60);
  const age = formatDuration(Math.max(0, (facts.now - incident.openedAt) / 1000));
  return [
    `${MARKS[incident.severity]} *${incident.id}* ${incident.severity} ${incident.status.toUpperCase()}`,
    ...standingWords(incident),
    incident.service === null ? '' : code(incident.service),
    foreign(incident.about.title, 120),
    owner,
    age,
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function standingWords({ quiet, flapping, foldedUnder, folded, flags }: IncidentView): string[] {
  const mark = quiet?.kind === 'silenced' ? '🔕' : '💤';
  return [
    ...(quiet === null ? [] : [`${mark} ${quiet.kind} until ${dateToken(quiet.until)}`]),
    ...(flapping === null ? [] : ['🔁 flapping']),
    ...(foldedUnder === null ? [] : [`🗂 folded beneath ${foldedUnder}`]),
    ...(folded.length === 0 ? [] : [`🗂 +${folded.length} folded beneath it`]),
    ...(flags.includes('maintenance') ? ['🛠 maintenance'] : []),
    ...(flags.includes('storm') ? ['🌊 storm'] : []),
    ...(flags.includes('drill') ? ['🎓 drill'] : []),
  ];
}

function silencesPart({ silences, service, nameOf }: StatusFacts): string {
  if (silences === null) return '🔕 What is silenced could not be learnt in time.';
  const about = silences.filter((each) => service === null || each.service === null || each.service === service);
  if (about.length === 0) return '';
  const lines = about.slice(0, MOST_SILENCES).map((each) => `🔕 ${silenceLine(each, nameOf)}`);
  const more = about.length - MOST_SILENCES;
  return `${lines.join('\n')}${more > 0 ? `\n+${more} more: \`/gianna silence list\`` : ''}`;
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
