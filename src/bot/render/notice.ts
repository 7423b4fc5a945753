import { dateToken, foreign } from '../mrkdwn.ts';
import { context, type MessagePayload, mrkdwn, section } from './payload.ts';

/** What a restart has to tell (DESIGN.md, honest restart). */
export interface RestartNotice {
  readonly at: number;
  /** When the process was last known to live; null when that is not known. */
  readonly downSince: number | null;
  /** One plain sentence each: what fell due meanwhile, what was dropped, which runs were interrupted. */
  readonly lines: readonly string[];
}

const SHOWN = 15;

/** The notice in the operations channel after a restart; mentions nobody. */
export function renderRestartNotice(notice: RestartNotice): MessagePayload {
  const window =
    notice.downSince === null
      ? `Restarted ${dateToken(notice.at)}.`
      : `Restarted ${dateToken(notice.at)}; away since ${dateToken(notice.downSince)}. An alert that began and ended in between may have been missed.`;
  const lines = notice.lines.slice(0, SHOWN).map((line) => `• ${foreign(line, 170)}`);
  const body = lines.length === 0 ? 'Nothing fell due meanwhile.' : lines.join('\n');
  const more = notice.lines.length - SHOWN;
  return {
    text: `🔄 Gianna Ops: ${window}`,
    blocks: [section(mrkdwn(`🔄 ${window}\n${body}`)), ...(more > 0 ? [context(`+${more} more`)] : [])],
  };
}
