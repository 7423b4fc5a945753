import type { BlocksSeen, ListedBlock } from '../../../runbooks/blocks.ts';
import { code, foreign } from '../../mrkdwn.ts';
import { counted } from '../words.ts';
import { type Answer, answerOf } from './answer.ts';

const MOST_LISTED = 20;

/** Which addresses are blocked, by whom, why, until when and how much was dropped; hosts that did not answer by name. */
export function renderBlocks({ blocks, unread }: BlocksSeen, nameOf: (actor: string) => string): Answer {
  const shown = blocks.slice(0, MOST_LISTED).map((block) => line(block, nameOf));
  const hidden = blocks.length - shown.length;
  const head = blocks.length === 0 ? 'Nothing is blocked.' : `*${counted(blocks.length, 'block')}*`;
  const more = hidden > 0 ? `+${hidden} more: \`npx gianna-ops blocks\`` : '';
  const silent = unread.map(({ host, reason }) => `⚠️ ${code(host)} could not be asked: ${foreign(reason, 200)}`);
  return answerOf([
    head,
    shown.join('\n'),
    more,
    silent.join('\n'),
    'Take one away with `/gianna unblock-ip ADDRESS`.',
  ]);
}

function line({ address, host, until, hits, run, by, reason }: ListedBlock, nameOf: (actor: string) => string): string {
  const end = until === null ? 'without an end that it tells' : `until ${until.slice(0, 16).replace('T', ' ')} UTC`;
  const dropped = hits === null ? '' : `, ${counted(hits, 'packet')} dropped`;
  const who = by === null ? 'nobody knows by whom' : `by ${foreign(nameOf(by), 60)}`;
  const why = reason === null || reason === '' ? '' : `: ${foreign(reason, 120)}`;
  return `• ${code(address)} on ${code(host)} ${end}${dropped} – ${who}${run === null ? '' : ` (${foreign(run, 30)})`}${why}`;
}
