import type { JournalReader } from '../../journal/port.ts';
import type { SilenceMatcher } from '../alertmanager.ts';
import type { SilenceState } from './silence-state.ts';

/** The texts of a silence; what was erased is empty. */
export interface SilenceTexts {
  readonly matchers: readonly SilenceMatcher[];
  readonly reason: string;
  readonly author: string;
}

/** Reads the texts of a silence. */
export async function textsOfSilence(
  journal: Pick<JournalReader, 'payloads'>,
  { matchers, reason, author }: Pick<SilenceState, 'matchers' | 'reason' | 'author'>,
): Promise<SilenceTexts> {
  const texts = await journal.payloads([...new Set([matchers, reason, author])]);
  return {
    matchers: JSON.parse(texts.get(matchers) ?? '[]') as SilenceMatcher[],
    reason: texts.get(reason) ?? 'erased',
    author: texts.get(author) ?? 'erased',
  };
}

/** What two people agreed to mute; empty: nothing of it needs them, or the text was erased. */
export async function agreedOf(
  journal: Pick<JournalReader, 'payload'>,
  { agreed }: Pick<SilenceState, 'agreed'>,
): Promise<readonly string[]> {
  const text = agreed === undefined ? null : await journal.payload(agreed);
  return text === null ? [] : (JSON.parse(text) as string[]);
}

/** What Alertmanager shows as the comment, and by which its own silence is known again: `GI-142 SIL-7 by ana: reason`. */
export function commentOf(silence: Pick<SilenceState, 'id' | 'incident'>, { author, reason }: SilenceTexts): string {
  const incident = silence.incident === null ? '' : `${silence.incident} `;
  return `${incident}${silence.id} by ${author}: ${reason}`;
}
