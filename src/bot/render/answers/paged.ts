import { formatDuration } from '../../../core/duration.ts';
import type { PagedRow } from '../../../oncall/proof/paged.ts';
import { code, dateToken, foreign } from '../../mrkdwn.ts';
import { type Answer, answerOf } from './answer.ts';

export interface PagedNames {
  readonly nameOf: (actor: string) => string;
  readonly nameOfPerson: (person: string) => string;
}

/** Who was paged for an incident, a line a page, levels apart. Names only: nobody is mentioned. */
export function renderPaged(incident: string, rows: readonly PagedRow[], names: PagedNames): Answer {
  if (rows.length === 0) return answerOf([`Nobody was to be paged for ${incident}.`]);
  const levels = new Map<string, string[]>();
  for (const row of rows) {
    const title = titleOf(row);
    levels.set(title, [...(levels.get(title) ?? []), lineOf(row, names)]);
  }
  return answerOf([
    `*Pages of ${incident}*`,
    ...[...levels].map(([title, lines]) => [`*${title}*`, ...lines].join('\n')),
  ]);
}

function titleOf({ cycle, level, round }: PagedRow): string {
  const start = cycle === 1 ? '' : ` (policy start ${cycle})`;
  return `${round === 0 ? `Level ${level}` : `Level ${level}, repeat ${round}`}${start}`;
}

function lineOf(row: PagedRow, names: PagedNames): string {
  const people = row.people.map((person) => `*${foreign(names.nameOfPerson(person), 60)}*`);
  const who = [...people, ...row.targets.map((target) => code(target))].join(', ');
  const late = row.lateSeconds > 5 ? `late by ${formatDuration(row.lateSeconds)}` : '';
  return `• ${[who, row.means, outcomeText(row), late, answerText(row, names)].filter((part) => part !== '').join(' · ')}`;
}

function outcomeText({ outcome, why, askedAt, sentAt, deliveredAt, folded }: PagedRow): string {
  if (outcome === 'sent') {
    const together = folded > 1 ? ` with ${folded - 1} more` : '';
    const delivered = deliveredAt === null ? '' : `, delivered ${dateToken(deliveredAt, '{time}')}`;
    return `sent${sentAt === null ? '' : ` ${dateToken(sentAt)}`}${together}${delivered}`;
  }
  const asked = askedAt === null ? '' : ` ${dateToken(askedAt)}`;
  return `${outcome}${asked}${why === null ? '' : ` (${foreign(why, 120)})`}`;
}

function answerText({ outcome, answer }: PagedRow, { nameOf }: PagedNames): string {
  if (outcome !== 'sent') return '';
  if (answer === null) return 'no answer';
  return `${answer.kind} by ${foreign(nameOf(answer.by), 60)} after ${formatDuration(answer.afterSeconds)}`;
}
