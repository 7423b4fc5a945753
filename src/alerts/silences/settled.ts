import { SILENCE, type SilenceState } from './silence-state.ts';
import type { SilenceDeps } from './sources.ts';
import type { SilenceView } from './views.ts';

const PATIENCE_MS = 15_000;

/** Waits until nothing is under way for a silence, a while at most, and shows it. */
export async function settledSilence(
  { journal, clock }: Pick<SilenceDeps, 'journal' | 'clock'>,
  view: (id: string) => Promise<SilenceView | null>,
  id: string,
): Promise<SilenceView | null> {
  await new Promise<void>((resolve) => {
    const stopListening = journal.onChange(({ events }) => {
      if (events.some((event) => event.kind === SILENCE && event.id === id)) void look();
    });
    const cancel = clock.after(PATIENCE_MS, end);
    function end(): void {
      stopListening();
      cancel();
      resolve();
    }
    async function look(): Promise<void> {
      const row = await journal.aggregate<SilenceState>(SILENCE, id).catch(() => null);
      if (row === null || (row.state.status !== 'requested' && row.state.pending === null)) end();
    }
    void look();
  });
  return view(id);
}
