/** Silences as the edges show them: our own by the journal, others by the last look at Alertmanager. */
import type { AggregateRow, JournalReader } from '../../journal/port.ts';
import type { HeldSilence, SilenceMatcher } from '../alertmanager.ts';
import { type BlastRadius, countBlast } from './blast.ts';
import { SILENCE, type SilencePending, type SilenceState, type SilenceStatus } from './silence-state.ts';
import { textsOfSilence } from './texts.ts';

/** A silence with its texts. Texts, author and matchers are foreign: escape before showing. */
export interface SilenceView {
  /** `SIL-<n>`, or Alertmanager's id of one made elsewhere. */
  readonly id: string;
  readonly madeHere: boolean;
  readonly status: SilenceStatus;
  /** What Alertmanager was asked and has not answered. */
  readonly pending: SilencePending['kind'] | null;
  readonly matchers: readonly SilenceMatcher[];
  readonly reason: string;
  /** The name that Alertmanager shows. */
  readonly author: string;
  /** `slack:U01`, `local`; null: made elsewhere. */
  readonly by: string | null;
  readonly incident: string | null;
  readonly service: string | null;
  readonly requestedAt: number;
  readonly endsAt: number;
  readonly endedAt: number | null;
  /** Why the last thing asked of Alertmanager was not done; null: it was. */
  readonly failure: string | null;
  /** Its id in Alertmanager; null: it has none yet. */
  readonly held: string | null;
  /** What it mutes at this moment; null: it mutes nothing any more, or nobody looked. */
  readonly mutes: BlastRadius | null;
}

const RECENT_MS = 24 * 3600_000;

/** Our own silences that are in force or being made, and with `recent` those that ended within 24 h; newest first. */
export async function listOwnSilences(
  journal: JournalReader,
  options: { readonly now: number; readonly recent?: boolean },
): Promise<SilenceView[]> {
  const open = await journal.aggregates<SilenceState>(SILENCE, { open: true });
  const since = options.now - RECENT_MS;
  const recent = options.recent === true ? await journal.aggregates<SilenceState>(SILENCE, { since }) : [];
  const rows = [...new Map([...open, ...recent].map((row) => [row.id, row])).values()];
  const views: SilenceView[] = [];
  for (const row of rows) views.push(await ownView(journal, row));
  return views.sort((one, other) => other.requestedAt - one.requestedAt);
}

/** One silence by `SIL-<n>`; null: there is none. */
export async function viewOwnSilence(journal: JournalReader, id: string): Promise<SilenceView | null> {
  const row = await journal.aggregate<SilenceState>(SILENCE, id);
  return row === null ? null : ownView(journal, row);
}

async function ownView(journal: JournalReader, { state }: AggregateRow<SilenceState>): Promise<SilenceView> {
  const {
    pending,
    liftedBy: _liftedBy,
    severity: _severity,
    firstEndsAt: _first,
    startsAt: _startsAt,
    agreed: _agreed,
    run: _run,
    why,
    ...facts
  } = state;
  const texts = await textsOfSilence(journal, state);
  const failure = why === null ? null : ((await journal.payload(why)) ?? 'erased');
  return { ...facts, ...texts, madeHere: true, pending: pending?.kind ?? null, failure, mutes: null };
}

/** The view of a silence that somebody made in Alertmanager by other means. */
export function foreignView({ id, matchers, comment, createdBy, startsAt, endsAt }: HeldSilence): SilenceView {
  return {
    id,
    madeHere: false,
    status: 'active',
    pending: null,
    matchers,
    reason: comment,
    author: createdBy,
    by: null,
    incident: null,
    service: null,
    requestedAt: startsAt,
    endsAt,
    endedAt: null,
    failure: null,
    held: id,
    mutes: null,
  };
}

/** The view with what it mutes. */
export function withMutes(view: SilenceView, muted: Parameters<typeof countBlast>[0]): SilenceView {
  return { ...view, mutes: countBlast(muted) };
}
