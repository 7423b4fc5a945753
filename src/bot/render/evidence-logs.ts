import type { LogsPart } from '../../alerts/context/context.ts';
import { foreign, preformatted } from '../mrkdwn.ts';

/** The last lines of a service as they were written, at most `room` characters of JSON; the newest ones are kept. */
export function logsText(part: LogsPart, room: number): string {
  const from = foreign(part.from, 60);
  if (part.lines.length === 0) return `*📜 ${from}* wrote nothing in the 15 minutes before it fired, nor since.`;
  const kept: string[] = [];
  let left = room - 120;
  for (const line of part.lines.toReversed()) {
    const shown = preformatted(line, Math.max(0, Math.min(300, left)));
    const cost = JSON.stringify(shown).length;
    if (cost > left) break;
    kept.unshift(shown);
    left -= cost;
  }
  const isCut = part.isCut || kept.length < part.lines.length;
  return `*📜 Last ${kept.length} log lines of ${from}*${isCut ? ' (cut)' : ''}\n\`\`\`\n${kept.join('\n')}\n\`\`\``;
}
