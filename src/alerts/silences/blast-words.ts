import type { BlastCount, BlastRadius } from './blast.ts';

const MOST_IDS = 5;

/** `Mutes 3 alerts now (2 P1, 1 P2) in GI-12, GI-13.` */
export function nowLine(now: BlastRadius): string {
  if (now.alerts === 0) return 'Mutes nothing now.';
  const severities = now.bySeverity.map(({ severity, alerts }) => `${alerts} ${severity}`).join(', ');
  const where = now.incidentIds.length === 0 ? '' : ` in ${idsText(now.incidentIds)}`;
  return `Mutes ${alertsText(now.alerts)} now (${severities})${where}.`;
}

/** What it would have muted in the last seven days: the sum, by severity, by service. A line each. */
export function weekLines(week: BlastRadius): string[] {
  if (week.alerts === 0) return ['In the last 7 days it would have muted nothing.'];
  const lines = [`In the last 7 days it would have muted ${countText(week)}.`];
  lines.push(...week.bySeverity.map((each) => `${each.severity}: ${countText(each)}`));
  const services = week.byService.map(({ service, alerts }) => `${service ?? 'no configured service'} ${alerts}`);
  lines.push(`By service: ${services.join(', ')}.`);
  return lines;
}

function idsText(ids: readonly string[]): string {
  const more = ids.length - MOST_IDS;
  const shown = ids.slice(0, MOST_IDS).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function countText({ alerts, incidents }: BlastCount): string {
  return `${alertsText(alerts)} in ${incidents === 1 ? '1 incident' : `${incidents} incidents`}`;
}

/** `1 alert`, `3 alerts`. */
export function alertsText(count: number): string {
  return count === 1 ? '1 alert' : `${count} alerts`;
}
