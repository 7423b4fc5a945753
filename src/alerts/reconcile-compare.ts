import type { Occurrence } from '../journal/port.ts';
import type { ActiveAlert } from './alertmanager.ts';

/** What Alertmanager holds and what we hold, at one moment. */
export interface Look {
  readonly askedAt: number;
  /** What Alertmanager holds, without the watchdog, by fingerprint. */
  readonly held: ReadonlyMap<string, ActiveAlert>;
  /** Whether an alert is routed to us; null: it cannot be known, so nothing is raised. */
  readonly isOurs: ((alert: ActiveAlert) => boolean) | null;
  /** The latest occurrence of each fingerprint that is held. */
  readonly known: ReadonlyMap<string, Occurrence>;
  /** Our open occurrences that Alertmanager told of. */
  readonly open: readonly Occurrence[];
  /** A first alert younger than this is left to Alertmanager, which may be gathering its group. */
  readonly youngMs: number;
  /** What the looks before this one came to. */
  readonly before: Absences;
}

/** Open occurrences that Alertmanager did not hold when it was asked last, by `absenceKey`. */
export type Absences = ReadonlyMap<string, Absence>;
export interface Absence {
  /** When it was missed first. */
  readonly since: number;
  /** When Alertmanager, asked, held it last; null: never since this process began. */
  readonly heldAt: number | null;
}

/** An open occurrence that was absent twice in a row. */
export interface Missed extends Absence {
  readonly occurrence: Occurrence;
}

export interface Compared {
  /** What fires there, is ours, and is not open with us. */
  readonly found: readonly ActiveAlert[];
  readonly missed: readonly Missed[];
  readonly absences: Absences;
  /** Open ones that were not held: whether they have ended is not decided yet. */
  readonly notHeld: number;
  /** A first alert was too young to be raised: in so many milliseconds it is old enough; null: none. */
  readonly ripeInMs: number | null;
}

/** Absent once may be a race; the second look is at least so much later. */
export const CONFIRM_MS = 15_000;
/** An alert that reached us this recently may have come after the answer was made. */
const FRESH_MS = 5_000;

/** Names one firing of one alert in one incident. */
export function absenceKey({ incident, fingerprint, startsAt }: Occurrence): string {
  return `${incident}|${fingerprint}|${startsAt}`;
}

/** Compares one answer of Alertmanager with what we hold: pure. `heldBefore`: fingerprints of the look before, and when. */
export function compare(
  look: Look,
  heldBefore: { readonly at: number; has(fingerprint: string): boolean } | null,
): Compared {
  const { found, ripeInMs } = findUnknown(look);
  const missed: Missed[] = [];
  const absences = new Map<string, Absence>();
  const notHeld = look.open.filter(({ fingerprint }) => !look.held.has(fingerprint));
  for (const occurrence of notHeld) {
    if (occurrence.lastSeen > look.askedAt - FRESH_MS) continue;
    const key = absenceKey(occurrence);
    const heldAt = heldBefore?.has(occurrence.fingerprint) === true ? heldBefore.at : null;
    const absence = look.before.get(key) ?? { since: look.askedAt, heldAt };
    absences.set(key, absence);
    if (look.askedAt - absence.since >= CONFIRM_MS) missed.push({ ...absence, occurrence });
  }
  return { found, missed, absences, ripeInMs, notHeld: notHeld.length };
}

function findUnknown(look: Look): Pick<Compared, 'found' | 'ripeInMs'> {
  const found: ActiveAlert[] = [];
  let ripeInMs: number | null = null;
  for (const alert of look.held.values()) {
    if (look.isOurs === null || alert.state === 'suppressed' || !look.isOurs(alert)) continue;
    const known = look.known.get(alert.fingerprint);
    if (known !== undefined && !isNews(known, alert)) continue;
    const ripeIn = known === undefined ? alert.startsAt + look.youngMs - look.askedAt : 0;
    if (ripeIn <= 0) found.push(alert);
    else ripeInMs = Math.min(ripeInMs ?? ripeIn, ripeIn);
  }
  return { found, ripeInMs };
}

/** Fires there while we hold it ended, or with a newer start than ours. */
function isNews(known: Occurrence, alert: ActiveAlert): boolean {
  if (known.status === 'firing') return alert.startsAt > known.startsAt;
  const endsAt = known.endsAt ?? known.startsAt;
  if (alert.startsAt > known.startsAt && alert.startsAt >= endsAt) return true;
  // with the old start: only when it was told to Alertmanager after that end
  return alert.updatedAt === null || alert.updatedAt > endsAt;
}

/**
 * Whether a missing alert has ended, and was not lost with the memory of an Alertmanager that started anew: each of
 * them is either the one that held it, or has been up for long enough to have heard of it again.
 */
export function hasEnded(
  { occurrence, heldAt, since }: Missed,
  startedAt: ReadonlyArray<number | null>,
  now: number,
): boolean {
  const provenAt = Math.max(occurrence.lastSeen, heldAt ?? 0);
  return startedAt.every((started) => {
    if (started === null) return now - since >= UNKNOWN_START_MS;
    return started < provenAt || now - started >= RESTART_MS;
  });
}

/** Prometheus tells its alerts again about once a minute, several times within this. */
const RESTART_MS = 10 * 60_000;
const UNKNOWN_START_MS = 2 * 60_000;
