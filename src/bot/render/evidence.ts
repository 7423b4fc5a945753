import type { ChartPart, ContextPart, IncidentContext } from '../../alerts/context/context.ts';
import { code, dateToken, foreign } from '../mrkdwn.ts';
import type { IncidentCard, NameOf } from './cards.ts';
import { chartReadings, chartWords, expressionOf } from './chart-words.ts';
import { diagnosisBlocks, diagnosisText } from './evidence-diagnosis.ts';
import { logsText } from './evidence-logs.ts';
import { changesText, runbooksText, similarText } from './evidence-past.ts';
import { context, image, type MessagePayload, mrkdwn, type PlainBlock, section } from './payload.ts';

/** Blocks of a message hold 12,000 characters in all: what is left goes to the log lines. */
const MOST_TOTAL = 10_800;
const MOST_LOG = 2_600;
const LEAST_LOG = 200;

/**
 * The second reply of a thread, edited in place (UX.md 3.2): what the probes found, and what was gathered. `file`: the
 * chart's picture at Slack; null: its words stand alone. null: there is nothing to show yet.
 */
export function renderEvidence(card: IncidentCard, nameOf: NameOf, file: string | null): MessagePayload | null {
  const { view, diagnosis, context: gathered } = card;
  if (diagnosis === null && gathered === null) return null;
  const found = gathered?.parts ?? [];
  const title = diagnosis === null ? `Evidence of ${view.id}` : diagnosisText(view.id, diagnosis);
  const chart = chartOf(card);
  const before: PlainBlock[] = [
    ...(diagnosis === null ? [section(mrkdwn(`*🔎 ${title}*`))] : diagnosisBlocks(view.id, diagnosis, nameOf)),
    ...(chart === null ? [] : chartBlocks(chart, file)),
  ];
  const after = [
    ...found.flatMap((part) => otherBlocks(part, nameOf)),
    ...(gathered === null ? [] : [context(footOf(gathered))]),
  ];
  const room = Math.min(MOST_LOG, MOST_TOTAL - JSON.stringify([...before, ...after]).length);
  const logs = found.flatMap((part) => (part.kind === 'logs' && room > LEAST_LOG ? [logsText(part, room)] : []));
  const words = chart === null ? '' : `. ${foreign(chartWords(chart), 400)}`;
  return { text: `${title}${words}`, blocks: [...before, ...logs.map((text) => section(mrkdwn(text))), ...after] };
}

/** The chart that belongs into the evidence; null: there is none. */
export function chartOf({ context: gathered }: IncidentCard): ChartPart | null {
  return gathered?.parts.find((part) => part.kind === 'chart') ?? null;
}

function chartBlocks(chart: ChartPart, file: string | null): PlainBlock[] {
  const readings = foreign(chartReadings(chart), 200);
  const heading = `*📈 ${code(expressionOf(chart), 140)}*`;
  if (file !== null) return [section(mrkdwn(heading)), image(file, chartWords(chart)), context(readings)];
  return [section(mrkdwn(`${heading}\n${foreign(chartWords(chart), 500)}`)), context(readings)];
}

function otherBlocks(part: ContextPart, nameOf: NameOf): PlainBlock[] {
  switch (part.kind) {
    case 'changes':
      return [section(mrkdwn(changesText(part, nameOf)))];
    case 'similar':
      return [section(mrkdwn(similarText(part, nameOf)))];
    case 'runbooks':
      return runbooksText(part).map((text) => section(mrkdwn(text)));
    case 'chart':
    case 'logs':
      return [];
    default:
      return part satisfies never;
  }
}

/** What did not answer, a line each, and how old all of it is. */
function footOf({ at, missing, pending }: IncidentContext): string {
  const lines = missing.map(({ title, reason }) => `⚠️ ${foreign(title, 60)}: ${foreign(reason, 200)}`);
  const waiting =
    pending.length === 0 ? '' : ` · still looking for: ${pending.map((title) => foreign(title, 40)).join(', ')}`;
  return [...lines, `gathered ${dateToken(at, '{time}')}${waiting}`].join('\n');
}
