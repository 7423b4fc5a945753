import { refuse } from '../../core/errors.ts';
import { type AddCommand, subcommand } from '../context.ts';
import { readIncidentId } from '../ids.ts';
import type { AlertJson, IncidentJson } from '../shapes.ts';
import { plain, printTable, printTime } from '../table.ts';
import { assignCommand } from './incidents/assign.ts';
import {
  addResponderCommand,
  escalateCommand,
  needHelpCommand,
  passOnCommand,
  stillOnItCommand,
  unackCommand,
} from './incidents/calls.ts';
import { mergeCommand, unmergeCommand } from './incidents/merge.ts';
import { noteCommand } from './incidents/note.ts';
import { openCommand } from './incidents/open.ts';
import { reopenCommand } from './incidents/reopen.ts';
import { severityCommand } from './incidents/severity.ts';
import { snoozeCommand, unsnoozeCommand } from './incidents/snooze.ts';
import { splitCommand } from './incidents/split.ts';

interface Options {
  alerts?: boolean;
}

const ACTS = [
  openCommand,
  noteCommand,
  severityCommand,
  assignCommand,
  snoozeCommand,
  unsnoozeCommand,
  reopenCommand,
  mergeCommand,
  unmergeCommand,
  splitCommand,
  unackCommand,
  passOnCommand,
  needHelpCommand,
  stillOnItCommand,
  addResponderCommand,
  escalateCommand,
];

/** `incidents [GI-n]`: open and recently ended ones, or one with its alerts and timeline; and what is done to them. */
export const addIncidents: AddCommand = (program, context) => {
  const command = subcommand('incidents', 'list incidents, or show one with its alerts and timeline')
    .argument('[incident]', 'GI-<n>', readIncidentId)
    .option('--alerts', 'every alert in place of the counts');
  command.action(async (id: string | undefined, options: Options) => {
    if (id === undefined) {
      const alerts = options.alerts === true;
      const list = await context.read('incidents', { alerts }, (api) => api.incidents({ alerts }));
      return context.print(list, () => printList(list));
    }
    const incident = await context.read('incident', { id }, (api) => api.incident(id));
    if (incident === null) {
      throw refuse('INCIDENT_UNKNOWN', `There is no incident ${id}.`, 'List them with: gianna-ops incidents');
    }
    context.print(incident, () => printOne(incident));
  });
  for (const act of ACTS) command.addCommand(act(context));
  program.addCommand(command);
};

function printList(incidents: readonly IncidentJson[]): string {
  if (incidents.length === 0) return 'All quiet: no incident is open or ended lately.\n';
  const head = ['ID', 'SEV', 'STATUS', 'SERVICE', 'OWNER', 'OPENED', 'ALERTS', 'NEXT PAGE', 'TITLE'];
  const rows = incidents.map((one) => [
    one.id,
    one.severity,
    one.status,
    one.service,
    one.owner,
    printTime(one.openedAt),
    countAlerts(one.alerts),
    printTime(one.escalation?.nextAt),
    one.title,
  ]);
  const alerts = incidents.filter(({ alerts }) => Array.isArray(alerts)).map(printAlertsOf);
  return printTable(head, rows) + alerts.join('');
}

function printAlertsOf(incident: IncidentJson): string {
  return `\n${incident.id}\n${printAlerts(listOf(incident.alerts))}`;
}

function printOne(incident: IncidentJson): string {
  const { id, severity, status, title, service, channel, owner, responders, escalation } = incident;
  const level = escalation === null ? 'none' : `level ${escalation.level}, next ${printTime(escalation.nextAt)}`;
  const lines = [
    `${id}  ${severity}  ${status}  ${plain(title)}`,
    `service ${plain(service ?? '-')}  channel ${plain(channel)}  owner ${plain(owner ?? '-')}${responders.length === 0 ? '' : `  with ${plain(responders.join(', '))}`}`,
    `opened ${printTime(incident.openedAt)}  acknowledged ${printTime(incident.acknowledgedAt)}  resolved ${printTime(incident.resolvedAt)}`,
    `escalation ${level}`,
    ...(incident.ackExpiresAt === null ? [] : [`owner asked again, or paged, at ${printTime(incident.ackExpiresAt)}`]),
    ...conditions(incident),
  ];
  const timeline = (incident.timeline ?? []).map(
    ({ at, by, text }) => `${printTime(at)}  ${plain(by)}  ${plain(text)}`,
  );
  return `${lines.join('\n')}\n\n${printAlerts(listOf(incident.alerts))}\n${timeline.join('\n')}\n`;
}

/** Quiet, folded, flapping: a line each, when it is so. */
function conditions({ quiet, foldedUnder, folded, flapping }: IncidentJson): string[] {
  const lines: string[] = [];
  if (quiet !== null) lines.push(`${quiet.kind} until ${printTime(quiet.until)} by ${plain(quiet.by)}: pages pause`);
  if (foldedUnder !== null) lines.push(`folded under ${foldedUnder}: no pages of its own`);
  if (folded.length > 0) lines.push(`folded beneath it: ${folded.join(', ')}`);
  if (flapping !== null)
    lines.push(`flapping since ${printTime(flapping.since)}: it has turned ${flapping.count} times`);
  return lines;
}

function printAlerts(alerts: readonly AlertJson[]): string {
  const rows = alerts.map(({ fingerprint, status, startsAt, endsAt, labels }) => [
    fingerprint,
    status,
    printTime(startsAt),
    printTime(endsAt),
    Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  ]);
  return printTable(['ALERT', 'STATUS', 'STARTED', 'ENDED', 'LABELS'], rows);
}

function listOf(alerts: IncidentJson['alerts']): readonly AlertJson[] {
  return 'firing' in alerts ? [] : alerts;
}

function countAlerts(alerts: IncidentJson['alerts']): string {
  if ('firing' in alerts) return `${alerts.firing} firing, ${alerts.resolved} ended`;
  const firing = alerts.filter(({ status }) => status === 'firing').length;
  return `${firing} firing, ${alerts.length - firing} ended`;
}
