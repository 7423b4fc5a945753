import type { Batch } from '../../journal/port.ts';
import type { SilenceChange } from './append.ts';
import type { HeldSilences } from './held.ts';
import type { SilenceState } from './silence-state.ts';
import type { SilenceDeps } from './sources.ts';

/** What asking Alertmanager works with. */
export type CarryOutDeps = SilenceDeps & { readonly held: HeldSilences };

/** How it ended in Alertmanager; `decide` says what that means for the silence as it is then. */
export interface Carried {
  readonly decide: (state: SilenceState) => SilenceChange;
  /** What goes into the same batch. */
  readonly part?: Partial<Batch>;
}
