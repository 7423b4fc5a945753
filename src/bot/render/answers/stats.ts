import { formatDuration } from '../../../core/duration.ts';
import { noiseTexts, pagesText, timesTexts } from '../../../oncall/reports/number-words.ts';
import type { Numbers } from '../../../oncall/reports/numbers.ts';
import { countText, severitiesText, totalOf } from '../../../oncall/reports/words.ts';
import { foreign } from '../../mrkdwn.ts';
import { type Answer, answerOf } from './answer.ts';

const LONGEST_LINE = 600;

/** The numbers of the last days, for one person (UX.md 3.10, weekly). */
export function renderStats(numbers: Numbers, seconds: number): Answer {
  const total = totalOf(numbers.opened);
  const kinds = total === 0 ? '' : `: ${severitiesText(numbers.opened)}`;
  const paragraphs = [timesTexts(numbers), noiseTexts(numbers.noise), [pagesText(numbers.pages)]];
  return answerOf([
    `*The last ${formatDuration(seconds)}* · ${countText(total, 'incident')}${kinds}`,
    ...paragraphs.map((lines) => lines.map((line) => foreign(line, LONGEST_LINE)).join('\n')),
  ]);
}
