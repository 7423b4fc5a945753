import type {
  ChangesPart,
  RecentChange,
  RunbooksPart,
  SimilarIncident,
  SimilarPart,
} from '../../alerts/context/context.ts';
import { formatDuration } from '../../core/duration.ts';
import { code, dateToken, foreign } from '../mrkdwn.ts';
import type { NameOf } from './cards.ts';
import { safeLink } from './links.ts';

const MAX_CHANGE = 160;

/** What was changed before it fired, and how long before. */
export function changesText({ changes, firedAt, hidden }: ChangesPart, nameOf: NameOf): string {
  const lines = changes.map((change) => `• ${changeText(change, firedAt, nameOf)}`);
  return ['*🔧 Changed lately*', ...lines, ...(hidden > 0 ? [`+${hidden} more`] : [])].join('\n');
}

function changeText({ at, text, by, url }: RecentChange, firedAt: number, nameOf: NameOf): string {
  const apart = Math.round(Math.abs(firedAt - at) / 1000);
  const when =
    apart === 0 ? 'as it fired' : `${formatDuration(apart)} ${at < firedAt ? 'before it fired' : 'after it fired'}`;
  const who = by === null || by === 'auto' ? '' : ` by ${foreign(nameOf(by), 60)}`;
  const link = safeLink(url, 'details');
  return `${foreign(text, MAX_CHANGE)}${who}, *${when}*${link === null ? '' : ` · ${link}`}`;
}

/** Whether it was seen before, and what ended it then. */
export function similarText(part: SimilarPart, nameOf: NameOf): string {
  const like = part.likeness === 'alert' ? 'the same alert of other services' : 'the same alert';
  const count = `${part.isAtLeast ? 'at least ' : ''}${part.count} ${part.count === 1 ? 'time' : 'times'}`;
  const usual = part.medianSeconds === null ? '' : `, usually over after ${formatDuration(part.medianSeconds)}`;
  const heading = `*🕰 Seen before:* ${like}, ${count} in ${part.days} days${usual}`;
  return [heading, ...part.latest.map((incident) => `• ${incidentText(incident, nameOf)}`)].join('\n');
}

function incidentText({ id, openedAt, seconds, resolvedBy, fixedBy, notes }: SimilarIncident, nameOf: NameOf): string {
  const lasted = seconds === null ? 'not resolved yet' : `took ${formatDuration(seconds)}`;
  const who =
    resolvedBy === null || seconds === null
      ? ''
      : resolvedBy === 'auto'
        ? ', resolved by itself'
        : `, resolved by ${foreign(nameOf(resolvedBy), 60)}`;
  const fixed = fixedBy.length === 0 ? '' : `; fixed by ${fixedBy.map((run) => foreign(run, 60)).join(', ')}`;
  const noted = notes.map((note) => `; noted: “${foreign(note, 160)}”`).join('');
  return `${id} ${dateToken(openedAt)}, ${lasted}${who}${fixed}${noted}`;
}

/** Where to read on, and what can be run; empty when there is neither. */
export function runbooksText({ url, fitting }: RunbooksPart): string[] {
  const link = safeLink(url, 'Runbook of the alert');
  const runs = fitting.map(({ name, summary, risk }) => `• ${code(name, 60)} ${foreign(summary, 120)} (${risk})`);
  const lines = [...(link === null ? [] : [`• ${link}`]), ...runs];
  return lines.length === 0 ? [] : [['*📖 Runbooks that fit*', ...lines].join('\n')];
}
