import type { BlastJson, SilenceJson } from '../shapes.ts';
import { plain, printTable, printTime } from '../table.ts';

/** The table of `silence list`. */
export function printSilences(silences: readonly SilenceJson[]): string {
  if (silences.length === 0) return 'Nothing is silenced.\n';
  const head = ['ID', 'UNTIL', 'AUTHOR', 'MUTES NOW', 'INCIDENT', 'MATCHERS', 'REASON'];
  const rows = silences.map((one) => [
    one.id,
    printTime(one.endsAt),
    one.madeHere ? one.author : `${one.author} (not made here)`,
    mutesText(one.mutesNow),
    one.incident,
    one.matchers.join(', '),
    one.status === 'active' ? one.reason : `[${one.status}] ${one.reason}`,
  ]);
  return printTable(head, rows);
}

/** One silence in lines. */
export function printSilence(silence: SilenceJson): string {
  const { id, status, pending, madeHere, author, reason, incident, service, endsAt, endedAt, alertmanagerId } = silence;
  const under = pending === null ? '' : `, ${pending} asked for and not answered yet`;
  const ended = endedAt === null ? `until ${printTime(endsAt)}` : `ended ${printTime(endedAt)}`;
  const lines = [
    `${plain(id)}  ${status}${under}  ${ended}`,
    `by ${plain(author)}${madeHere ? '' : ' (not made here)'}: ${plain(reason)}`,
    `matchers ${silence.matchers.map(plain).join(', ')}`,
    `incident ${incident ?? '-'}  service ${plain(service ?? '-')}  in Alertmanager ${alertmanagerId ?? '-'}`,
    `mutes now ${mutesText(silence.mutesNow) ?? '-'}`,
  ];
  const failure = silence.failure === null ? '' : `failed: ${plain(silence.failure)}\n`;
  return `${lines.join('\n')}\n${failure}`;
}

function mutesText(mutes: BlastJson | null): string | null {
  if (mutes === null) return null;
  if (mutes.alerts === 0) return 'nothing';
  const severities = Object.entries(mutes.bySeverity).map(([severity, { alerts }]) => `${alerts} ${severity}`);
  return severities.join(', ');
}
