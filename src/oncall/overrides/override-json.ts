import { readMoment } from '../../core/wall-time.ts';
import type { JournalReader } from '../../journal/port.ts';
import { OVERRIDE, type OverrideState } from './override-state.ts';

/** One row of `oncall overrides --json`: times ISO 8601 UTC, people keys of oncall.yml. */
export type OverrideJson = {
  readonly id: string;
  readonly schedule: string;
  readonly status: 'planned' | 'standing' | 'over' | 'removed';
  readonly turns: ReadonlyArray<{ readonly people: readonly string[]; readonly from: string; readonly to: string }>;
  /** The two who exchange; null: an override. */
  readonly swap: readonly string[] | null;
  readonly by: string;
  readonly reason: string | null;
  readonly madeAt: string;
  readonly removedAt: string | null;
  readonly removedBy: string | null;
};

/** Overrides and swaps, newest first; with `all` also what is over or was removed. */
export async function listOverrides(
  journal: Pick<JournalReader, 'aggregates' | 'payloads'>,
  { now, all }: { readonly now: number; readonly all: boolean },
): Promise<OverrideJson[]> {
  const states = (await journal.aggregates<OverrideState>(OVERRIDE)).map(({ state }) => state);
  const shown = states.filter((state) => all || isAhead(statusOf(state, now)));
  const reasons = await journal.payloads(shown.flatMap(({ reason }) => (reason === null ? [] : [reason])));
  return shown.map((state) => toJson(state, now, reasons));
}

function toJson(state: OverrideState, now: number, reasons: ReadonlyMap<string, string>): OverrideJson {
  const { id, schedule, swap, by, timezone, removedBy } = state;
  const utc = (wall: string) => new Date(readMoment(timezone, wall)).toISOString();
  return {
    id,
    schedule,
    status: statusOf(state, now),
    turns: state.turns.map(({ people, from, to }) => ({ people, from: utc(from), to: utc(to) })),
    swap,
    by,
    reason: state.reason === null ? null : (reasons.get(state.reason) ?? null),
    madeAt: new Date(state.madeAt).toISOString(),
    removedAt: state.removedAt === null ? null : new Date(state.removedAt).toISOString(),
    removedBy,
  };
}

function statusOf({ turns, timezone, removedAt }: OverrideState, now: number): OverrideJson['status'] {
  if (removedAt !== null) return 'removed';
  const moments = turns.map(({ from, to }) => [readMoment(timezone, from), readMoment(timezone, to)] as const);
  if (moments.every(([, to]) => to <= now)) return 'over';
  return moments.some(([from]) => from <= now) ? 'standing' : 'planned';
}

function isAhead(status: OverrideJson['status']): boolean {
  return status === 'planned' || status === 'standing';
}
