import { formatDuration } from '../../core/duration.ts';
import { plain, printTime } from '../table.ts';
import type { ReplayJson } from './report.ts';

const MOST_LISTED = 50;

type Page = ReplayJson['pages']['appear'][number];
type Incident = ReplayJson['incidents']['appear'][number];

/** A replay for people: `+` appears, `-` vanishes, `~` moves or changes. */
export function printReplay(replay: ReplayJson): string {
  const { pages, incidents } = replay;
  const blocks = [
    headOf(replay),
    listOf([
      ...pages.appear.map((page) => `+ ${pageText(page)}`),
      ...pages.vanish.map((page) => `- ${pageText(page)}`),
      ...pages.move.map((moved) => `~ ${movedText(moved)}`),
    ]),
    incidentsHead(replay),
    listOf([
      ...incidents.appear.map((incident) => `+ ${incidentText(incident)}`),
      ...incidents.vanish.map((incident) => `- ${incidentText(incident)}`),
      ...incidents.merge.map((matched) => `~ merge: ${matchedText(matched)}`),
      ...incidents.split.map((matched) => `~ split: ${matchedText(matched)}`),
      ...incidents.change.map((changed) => `~ ${changedText(changed)}`),
    ]),
  ];
  return blocks.filter((block) => block !== '').join('\n');
}

function headOf({ since, until, changed, before, after, pages }: ReplayJson): string {
  const { replayed, unfit } = after.commands;
  const missed = unfit === 0 ? '' : `, ${unfit} more did not fit`;
  const lines = [
    `Replayed ${printTime(since)} to ${printTime(until)} under ${before.config} and ${after.config}; nothing was sent.`,
    `Commands of people done again: ${replayed}${missed}.`,
    changed ? 'Something changes.' : 'Nothing changes.',
    '',
    `Pages: ${before.pages} before, ${after.pages} after; ${pages.appear.length} appear, ${pages.vanish.length} vanish, ${pages.move.length} move.`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function incidentsHead({ before, after, incidents }: ReplayJson): string {
  const { appear, vanish, merge, split, change } = incidents;
  const counts = `${appear.length} appear, ${vanish.length} vanish, ${merge.length} merge, ${split.length} split, ${change.length} change`;
  return `Incidents: ${before.incidents} before, ${after.incidents} after; ${counts}.\n`;
}

function listOf(lines: readonly string[]): string {
  const rest = lines.length - MOST_LISTED;
  const more = rest > 0 ? [`… and ${rest} more; all of them with --json`] : [];
  return [...lines.slice(0, MOST_LISTED), ...more].map((line) => `  ${plain(line)}\n`).join('');
}

function pageText({ at, severity, means, to, level, repeat, alertname, channel }: Page): string {
  const again = repeat === 0 ? '' : `, repeat ${repeat}`;
  return `${printTime(at)} ${severity} ${to} by ${means} (level ${level}${again}): ${alertname} in ${channel}`;
}

function movedText({ before, after, what }: ReplayJson['pages']['move'][number]): string {
  const changes = what.map((fact) => (fact === 'at' ? delayText(before, after) : factText(before, after, fact)));
  return `${pageText(before)}: ${changes.join(', ')}`;
}

function delayText(before: Page, after: Page): string {
  const seconds = (Date.parse(after.at) - Date.parse(before.at)) / 1000;
  return `${formatDuration(Math.abs(seconds))} ${seconds < 0 ? 'earlier' : 'later'}`;
}

function incidentText({ alertname, severity, channel, openedAt, digest }: Incident): string {
  return `${printTime(openedAt)} ${severity} ${alertname} in ${channel}${digest ? ' (digest alone)' : ''}`;
}

function matchedText({ before, after }: ReplayJson['incidents']['merge'][number]): string {
  const [first] = before;
  const name = first === undefined ? '' : incidentText(first);
  return `${name}: ${before.length} before, ${after.length} after`;
}

function changedText({ before, after, what }: ReplayJson['incidents']['change'][number]): string {
  return `${incidentText(before)}: ${what.map((fact) => factText(before, after, fact)).join(', ')}`;
}

function factText(before: Page | Incident, after: Page | Incident, fact: string): string {
  const valueIn = (side: object) => String(Object.entries(side).find(([key]) => key === fact)?.[1] ?? 'none');
  return `${fact} ${valueIn(before)} → ${valueIn(after)}`;
}
