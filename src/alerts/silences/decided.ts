import type { Outcome } from '../../core/command.ts';
import type { Batch } from '../../journal/port.ts';
import type { SilenceRow } from './change-silence.ts';
import type { HeldSilences } from './held.ts';
import type { SilenceEvent } from './silence-events.ts';
import type { SilenceState } from './silence-state.ts';
import type { SilenceDeps } from './sources.ts';

/** What deciding a command reads. */
export type CommandDeps = SilenceDeps & { readonly held: HeldSilences };

/** What a command came to, as the inbox takes it. */
export interface SilenceDecision {
  readonly batch: Batch | null;
  readonly outcome: Outcome;
}

/** What was decided: the batch, and what the asker is told. */
export interface Decided {
  readonly id: string;
  readonly batch: Batch;
  readonly text: string;
}

/** A silence that a command names, with what has to be stored beside a change of it. */
export interface Named {
  readonly row: SilenceRow;
  readonly state: SilenceState;
  /** The first event of one that was made elsewhere. */
  readonly first: readonly SilenceEvent[];
  readonly payloads: ReadonlyMap<string, string>;
}
