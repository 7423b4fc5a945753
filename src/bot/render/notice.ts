import type { Notice } from '../../journal/notice.ts';
import { readButtonPrint } from '../button.ts';
import { foreign } from '../mrkdwn.ts';
import { actions, context, image, type MessagePayload, mrkdwn, type PlainBlock, section } from './payload.ts';

/** What the sending of a notice adds to it. */
export interface NoticeSending {
  /** It may have been sent before: the first answer was lost. */
  readonly isRepeat: boolean;
  /** Its picture at Slack; null: it has none, or it could not be uploaded. */
  readonly file: string | null;
  /** The person whom it could not reach directly; null: it is where it belongs. */
  readonly insteadOf: string | null;
}

const MAX_TITLE = 300;
const MAX_LINE = 600;
/** A section holds 3,000 characters, a message's blocks 12,000 in all; the rest is for titles and JSON. */
const A_SECTION = 2_600;
const MOST_TEXT = 9_000;

/** A message in words that belongs to no thread: a report, a reminder, a word to one person; mentions nobody. */
export function renderNotice(notice: Notice, sending: NoticeSending): MessagePayload {
  const instead = sending.insteadOf === null ? '' : `For ${foreign(sending.insteadOf, 60)}: `;
  const title = `${instead}${foreign(notice.title, MAX_TITLE)}${sending.isRepeat ? ' (may be a repeat)' : ''}`;
  const alt = notice.picture === undefined ? null : foreign(notice.picture.alt, 1_800);
  const { sections, hidden } = fitted(
    notice.lines.map((line) => foreign(line, MAX_LINE)).filter((line) => line.trim() !== ''),
  );
  const blocks: PlainBlock[] = [
    section(mrkdwn(`*${title}*`)),
    ...sections.map((text) => section(mrkdwn(text))),
    ...(hidden > 0 ? [context(`+${hidden} more`)] : []),
    ...pictureOf(notice, sending, alt),
    ...buttonsOf(notice),
  ];
  return { text: `${title}${alt === null ? '' : ` - ${alt}`}`, blocks };
}

function buttonsOf({ buttons = [] }: Notice): PlainBlock[] {
  if (buttons.length === 0) return [];
  const row = buttons.map(({ action, about, label }, index) => {
    return { verb: action, label, spoken: `${label}: ${about}`, value: readButtonPrint(about), isPrimary: index === 0 };
  });
  return [actions(`notice:${buttons[0]?.about ?? ''}`, row)];
}

function pictureOf(notice: Notice, { file }: NoticeSending, alt: string | null): PlainBlock[] {
  if (alt === null || notice.picture === undefined) return [];
  return [file === null ? context(`📈 ${alt}`) : image(file, notice.picture.alt)];
}

/** As many lines as a message takes, in sections. */
function fitted(lines: readonly string[]): { sections: string[]; hidden: number } {
  const sections: string[] = [];
  let total = 0;
  for (const [index, line] of lines.entries()) {
    const cost = JSON.stringify(line).length + 2;
    if (total + cost > MOST_TEXT) return { sections, hidden: lines.length - index };
    total += cost;
    const last = sections.at(-1);
    if (last !== undefined && last.length + line.length < A_SECTION) sections.splice(-1, 1, `${last}\n${line}`);
    else sections.push(line);
  }
  return { sections, hidden: 0 };
}
