import type { Means, OncallConfig, Severity } from '../core/config/config.ts';
import { isCovered, nextEdge } from './coverage.ts';

/** A P0 and a P1 are never held, and a P0 comes by all that its level demands. */
const HELD: ReadonlySet<Severity> = new Set(['P2', 'P3']);
const MOST_EDGES = 20;

/** Until when pages of this severity to a person wait; null: they go out now. Hours that never end hold nothing. */
export function quietUntil(
  person: string | null,
  severity: Severity | undefined,
  { oncall, at }: { readonly oncall: OncallConfig; readonly at: number },
): number | null {
  const quiet = oncall.people[person ?? '']?.quietHours;
  if (quiet == null || severity === undefined || !HELD.has(severity)) return null;
  const cover = { only: { ...quiet, holidays: null }, exceptHolidays: null };
  if (!isCovered(cover, quiet.timezone, at)) return null;
  let until = nextEdge(cover, quiet.timezone, at);
  for (let edge = 0; until !== null && edge < MOST_EDGES; edge += 1) {
    if (!isCovered(cover, quiet.timezone, until)) return until;
    until = nextEdge(cover, quiet.timezone, until);
  }
  return null;
}

/**
 * The means that a person leaves out for this severity, of those that would reach them; nothing when none that they
 * prefer would. The thread is the level's own and stays.
 */
export function leftOut(
  person: string | null,
  severity: Severity | undefined,
  { oncall, usable }: { readonly oncall: OncallConfig; readonly usable: readonly Means[] },
): ReadonlySet<Means> {
  const prefer = preferredBy(person, severity, oncall);
  if (prefer === null || !usable.some((means) => prefer.includes(means))) return new Set();
  return new Set(usable.filter((means) => means !== 'thread' && means !== 'pagerduty' && !prefer.includes(means)));
}

/** Means in the order in which they are tried for a person: what they prefer first. */
export function inOrderOf(
  person: string | null,
  severity: Severity,
  { oncall, order }: { readonly oncall: OncallConfig; readonly order: readonly Means[] },
): readonly Means[] {
  const prefer = preferredBy(person, severity, oncall) ?? [];
  const first = prefer.filter((means) => order.includes(means));
  return [...first, ...order.filter((means) => !first.includes(means))];
}

function preferredBy(person: string | null, severity: Severity | undefined, oncall: OncallConfig) {
  if (severity === undefined || severity === 'P0') return null;
  return oncall.people[person ?? '']?.prefer ?? null;
}
