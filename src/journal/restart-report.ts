import { formatDuration } from '../core/duration.ts';
import {
  type DueTimer,
  forgetUntold,
  type LateOutcome,
  lateKey,
  REPORT,
  readLate,
  readUntold,
  SETTLE_MS,
  type Untold,
} from './absence.ts';
import { askNotice } from './notice.ts';
import type { Batch, Journal, StoredEvent, Timer } from './port.ts';

/** What has happened since the start. */
export interface Since {
  readonly startedAt: number;
  readonly events: readonly StoredEvent[];
}

/** What another room has to tell about an absence, one sentence each. */
export type TellSince = (since: Since) => Promise<readonly string[]>;

export interface RestartReportDeps {
  readonly journal: Journal;
  /** Rooms in the order in which they speak. */
  readonly tellers: readonly TellSince[];
  /** Words for events, in their order; events that are not worth a word have none. */
  readonly words: (events: readonly StoredEvent[]) => Promise<readonly string[]>;
  /** What a timer's aggregate is now, for why nobody wanted the timer: `GI-3 is acknowledged`; null: not known. */
  readonly standing: (timer: DueTimer) => Promise<string | null>;
  /** Whether it is decided already what became of everything; it is told a little later all the same. */
  readonly isSettled: () => boolean;
}

/** For so long after the start it is waited for what is not decided. */
const SETTLE_WITHIN_MS = 35_000;

/** A shorter absence in which nothing fell due is an event, not a message. */
const TELL_ABSENCE_MS = 30_000;
const AT_ONCE = 500;
const MOST_EVENTS = 20_000;
const MOST_TIMERS_TOLD = 25;

/**
 * The timer that tells, once and durably, what a start found (DESIGN.md, What nobody else has, 6): the blind window, what
 * was due in it and what became of that, what waited, and what the other rooms know.
 */
export function createRestartReport(deps: RestartReportDeps): (timer: Timer, now: number) => Promise<Batch | null> {
  const { journal } = deps;
  return async (_timer, now) => {
    const untold = await readUntold(journal);
    if (untold === null) return null;
    const isEarly = now < untold.startedAt + SETTLE_WITHIN_MS;
    if (isEarly && !(deps.isSettled() && journal.waitingCount() === 0)) return later(now);
    const late = await readLate(journal);
    const batch: Batch = { at: now, actor: 'auto', documents: forgetUntold(late) };
    const since = { startedAt: untold.startedAt, events: await eventsSince(journal, untold.head) };
    const lines = [
      ...windowLines(untold),
      ...(await Promise.all(deps.tellers.map((tell) => tell(since)))).flat(),
      ...(await timerLines(deps, untold, since, late)),
      ...inboxLines(untold, journal.waitingCount(), journal.parkedCount()),
      ...configLines(untold),
    ];
    if (lines.length === 0 && longest(untold) <= TELL_ABSENCE_MS) return batch;
    const told = lines.length === 0 ? ['Nothing fell due meanwhile.'] : lines;
    const notice = { to: { channel: 'ops' }, title: titleOf(untold), lines: told.map((line) => `• ${line}`) };
    return { ...batch, ...askNotice(`restart|${untold.startedAt}`, notice) };
  };
}

function later(now: number): Batch {
  return { at: now, actor: 'auto', timers: [{ op: 'set', ...REPORT, dueAt: now + SETTLE_MS, data: {} }] };
}

function titleOf({ how, startedAt, windows }: Untold): string {
  const verb = how === 'started' ? (windows.length === 0 ? 'Started' : 'Restarted') : 'Went on after it was suspended';
  const last = windows.at(-1);
  const head = `🔄 Gianna Ops: ${verb} ${minute(startedAt)}`;
  if (last === undefined) return `${head}.`;
  const blind = `away since ${minute(last.from)} (blind for ${lengthOf(last)})`;
  return `${head}; ${blind}. An alert that began and ended in between may have been missed.`;
}

/** Windows before the last: starts that did not live long enough to tell of them. */
function windowLines({ windows }: Untold): string[] {
  return windows
    .slice(0, -1)
    .map((window) => `Away before that from ${second(window.from)} to ${second(window.to)} (${lengthOf(window)}).`);
}

async function timerLines(
  deps: RestartReportDeps,
  untold: Untold,
  since: Since,
  late: ReadonlyMap<string, LateOutcome>,
): Promise<string[]> {
  const lines: string[] = [];
  for (const timer of untold.timers.slice(0, MOST_TIMERS_TOLD)) {
    const due = `${timer.id}: ${timer.purpose} fell due ${formatDuration((untold.startedAt - timer.dueAt) / 1000)} ago`;
    lines.push(`${due}; ${await whatBecame(deps, timer, since, late.get(lateKey(timer)))}`);
  }
  const more = untold.timers.length - MOST_TIMERS_TOLD;
  return more > 0 ? [...lines, `${more} more fell due and were carried out or dropped alike.`] : lines;
}

async function whatBecame(
  deps: RestartReportDeps,
  timer: DueTimer,
  since: Since,
  outcome: LateOutcome | undefined,
): Promise<string> {
  const standing = await deps.standing(timer);
  const why = standing === null ? 'nobody wants it any more' : standing;
  if (outcome?.result === 'dropped') return `dropped: ${why}.`;
  if (outcome === undefined) {
    const set = await deps.journal.timersOf(timer.kind, timer.id);
    const waits = set.some(({ purpose, dueAt }) => purpose === timer.purpose && dueAt === timer.dueAt);
    return waits ? 'it still waits to be carried out.' : `not carried out: ${why}.`;
  }
  const own = since.events.filter(
    ({ id, incident, at }) => at === outcome.at && (id === timer.id || incident === timer.id),
  );
  const words = await deps.words(own);
  return words.length === 0 ? 'carried out late.' : `carried out late: ${words.join('; ')}.`;
}

function inboxLines({ waiting }: Untold, left: number, parked: number): string[] {
  if (waiting === 0) return [];
  const rows =
    waiting === 1 ? '1 stored delivery or command waited' : `${waiting} stored deliveries and commands waited`;
  const rest = left === 0 ? 'worked off' : `${left} still wait`;
  return [`${rows}: ${rest}.${parked > 0 ? ` ${parked} could not be handled: gianna-ops inbox.` : ''}`];
}

function configLines({ versions: [before, now] }: Untold): string[] {
  if (before === null || now === null || before === now) return [];
  return [`The configuration was changed meanwhile (${before} before, ${now} now).`];
}

async function eventsSince(journal: Journal, head: number): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  while (events.length < MOST_EVENTS) {
    const page = await journal.eventsAfter(events.at(-1)?.seq ?? head, AT_ONCE);
    events.push(...page);
    if (page.length < AT_ONCE) break;
  }
  return events;
}

function longest({ windows }: Untold): number {
  return Math.max(0, ...windows.map(({ from, to }) => to - from));
}

function lengthOf({ from, to }: Untold['windows'][number]): string {
  return formatDuration((to - from) / 1000);
}

function minute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function second(at: number): string {
  return `${new Date(at).toISOString().slice(11, 19)} UTC`;
}
