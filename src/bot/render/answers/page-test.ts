import type { PageTestJson } from '../../../oncall/pagers/page-test-json.ts';
import { code, foreign } from '../../mrkdwn.ts';
import { type Answer, answerOf } from './answer.ts';

const WELL: ReadonlySet<string> = new Set(['sent', 'delivered', 'sent, not confirmed']);

/** What became of a test, a line a means. */
export function renderPageTest(test: string, pages: readonly PageTestJson[]): Answer {
  const lines = pages.map(({ means, delivery, seconds, error }) => {
    const mark = WELL.has(delivery) ? '✓' : delivery === 'waiting' ? '⏳' : '✖';
    const took = seconds === null ? '' : ` after ${seconds.toFixed(1)} s`;
    const why = error === null ? '' : `: ${code(foreign(error, 80))}`;
    return `${mark} ${means} ${foreign(delivery, 40)}${took}${why}`;
  });
  const open = pages.some(({ delivery }) => delivery === 'waiting');
  const later = open ? ['What still waits is told by the page itself, or on the host: `gianna-ops page-test`.'] : [];
  return answerOf([[`*Test page ${test}*`, ...lines].join('\n'), ...later]);
}
