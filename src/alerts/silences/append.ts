import { decideUntilAppended } from '../../journal/decide.ts';
import type { Batch, Journal } from '../../journal/port.ts';
import { silenceBatch } from './change-silence.ts';
import type { SilenceEvent } from './silence-events.ts';
import { SILENCE, type SilenceState } from './silence-state.ts';

/** What a silence's state comes to: nothing (null), or events and who made them. */
export type SilenceChange = { readonly events: readonly SilenceEvent[]; readonly actor: string } | null;

/** The batch of what is decided on the silence as it is now; null: nothing changes. */
export async function batchOfSilence(
  journal: Journal,
  id: string,
  at: number,
  decide: (state: SilenceState) => SilenceChange,
): Promise<Batch | null> {
  const row = await journal.aggregate<SilenceState>(SILENCE, id);
  const change = row === null ? null : decide(row.state);
  if (row === null || change === null || change.events.length === 0) return null;
  return silenceBatch(row, change.events, at, change.actor);
}

/** The same, appended. Resolves with whether something changed. */
export async function changeSilence(
  journal: Journal,
  id: string,
  at: number,
  decide: (state: SilenceState) => SilenceChange,
): Promise<boolean> {
  return (await decideUntilAppended(journal, () => batchOfSilence(journal, id, at, decide))) !== null;
}
