import type { Clock } from '../../core/clock.ts';
import type { Severity } from '../../core/config/config.ts';
import type { Logger } from '../../core/logger.ts';
import type { StoredEvent } from '../../journal/port.ts';
import type { SlackMetrics } from '../metrics.ts';
import type { Facts } from './facts.ts';
import { type Doubt, isMoreValuable, type Job, type Jobs } from './jobs.ts';
import { keyOf, LANE, type Mark, marksOf } from './keys.ts';
import { calmEvent, threadEvent } from './lines.ts';
import type { Scheduler } from './scheduler.ts';
import type { SentMessages } from './sent.ts';
import { createStorms, type Storms } from './storms.ts';

export interface MarkOptions {
  readonly isBacklog?: boolean;
  readonly doubt?: Doubt;
  /** Milliseconds since it was last shown; by its kind without it. */
  readonly spacing?: number;
  readonly severity?: Severity;
}

/** What became different, and the order in which it is shown. */
export interface Marking {
  mark(mark: Mark, options?: MarkOptions): void;
  /** Marks what an event changes. */
  take(event: StoredEvent, isBacklog: boolean): void;
  /** How long a message rests between two edits. */
  spacingMs(mark: Pick<Mark, 'kind' | 'lane'>): number;
  /** Rosters and the threads of P0 take turns; all else goes by value. */
  isFirst(one: Job, other: Job): boolean;
  /** A message was brought up to date: those who waited for it look again. */
  settled(job: Job): void;
  /** These incidents stand on a roster that everybody can see. */
  named(incidents: readonly string[]): void;
  readonly storms: Storms;
}

/** UX.md 3.12; longer while there is much to show. */
const SPACING_MS = 3_000;
const BUSY_SPACING_MS = 10_000;
const BUSY_FROM = 10;
const ROSTER_SPACING_MS = 5_000;
/** At the beginning of a storm, when it is to name somebody who is on no roster yet. */
const NAMING_SPACING_MS = 1_000;
/** New groups of a storm come close together: a roster names those of so long. */
const GATHER_MS = 250;
/** A roster that only tells how far the threads are. */
const PROGRESS_MS = 60_000;
const FIRST_REPLY_MS = 1_000;

export function createMarking(deps: {
  clock: Clock;
  logger: Logger;
  jobs: Jobs;
  facts: Facts;
  sent: SentMessages;
  metrics: () => SlackMetrics;
  scheduler: () => Scheduler;
  /** Slack ids of who may agree to a run. */
  approvers: () => readonly string[];
}): Marking {
  const { clock, logger, jobs, facts, sent, scheduler } = deps;
  const storms = createStorms({
    now: clock.now,
    monotonicMs: clock.monotonicMs,
    began: () => deps.metrics().storm(),
    gather: () => void clock.after(GATHER_MS, arrange),
    restMs: (id) => {
      const last = scheduler().lastDoneAt(keyOf('roster', id));
      return last === null ? 0 : last + ROSTER_SPACING_MS - clock.monotonicMs();
    },
    ended: (storm) => {
      logger.info({ channel: storm.word, incidents: storm.total }, 'storm over: every thread is open');
      for (const id of storm.rosterIds) markRoster(id, ROSTER_SPACING_MS);
      scheduler().release(calmEvent(storm.word));
    },
  });

  function mark(wanted: Mark, options: MarkOptions = {}): void {
    const { isBacklog = false } = options;
    const now = clock.monotonicMs();
    const last = scheduler().lastDoneAt(keyOf(wanted.kind, wanted.id));
    const { job, isMoved } = jobs.mark(wanted, {
      now,
      notBefore: last === null ? firstAt(wanted, now) : last + (options.spacing ?? spacingMs(wanted)),
      doubt: options.doubt ?? (isBacklog ? 'before-start' : 'none'),
      isBacklog,
      severity: options.severity ?? facts.get(wanted.id)?.severity ?? 'P2',
    });
    if (isMoved) scheduler().offer(job);
  }

  /** The first replies of a thread gather what happens in its first moment, and leave the tokens of that to threads. */
  function firstAt({ kind, id }: Mark, now: number): number {
    const isReply = kind === 'timeline' || kind === 'evidence';
    return isReply && sent.get(keyOf(kind, id)) === null ? now + FIRST_REPLY_MS : 0;
  }

  function spacingMs({ kind, lane }: Pick<Mark, 'kind' | 'lane'>): number {
    if (kind === 'roster') return ROSTER_SPACING_MS;
    return lane > LANE.click && facts.open() > BUSY_FROM ? BUSY_SPACING_MS : SPACING_MS;
  }

  function arrange(): void {
    for (const id of storms.arrange()) markRoster(id, storms.isYoung(id) ? NAMING_SPACING_MS : ROSTER_SPACING_MS);
    scheduler().pump();
  }

  function markRoster(id: string, spacing: number): void {
    mark({ kind: 'roster', id, lane: LANE.parent }, { severity: 'P0', spacing });
  }

  function take(event: StoredEvent, isBacklog: boolean): void {
    facts.note(event);
    if (event.kind === 'incident') noteWaiting(event.id);
    for (const each of marksOf(event)) mark(each, { isBacklog });
    if (event.kind === 'run') markCopies(event, isBacklog);
    if (event.incident === null) return;
    const roster = storms.rosterOf(event.incident);
    // only counts: the more rosters there are, the less often each is refreshed
    if (roster?.waits === true && event.kind === 'incident')
      markRoster(roster.id, ROSTER_SPACING_MS * storms.rosterCount(roster.id));
    for (const key of sent.pagesOf(event.incident))
      mark({ kind: 'over', id: key.slice('page:'.length), lane: LANE.reply });
  }

  /** Whoever could agree to a run is asked directly, and each copy closes when one has decided. */
  function markCopies({ id, type, data }: StoredEvent, isBacklog: boolean): void {
    const isAsked = type === 'run.requested' && Number(data.approvals ?? 0) > 0;
    if (!isAsked && type !== 'run.approved' && type !== 'run.refused') return;
    const people = isAsked ? deps.approvers() : sent.copiesOf(id);
    for (const user of new Set([...people, ...sent.copiesOf(id)]))
      mark({ kind: 'asking', id: `${id}/${user}`, lane: LANE.run }, { isBacklog });
  }

  function noteWaiting(incident: string): void {
    const known = facts.get(incident);
    if (known === undefined || known.isDrill || sent.get(keyOf('parent', incident)) !== null) return;
    if (known.isThreadless) storms.isShown(incident);
    else storms.waits(incident, known);
  }

  return {
    mark,
    take,
    spacingMs,
    isFirst: (one, other) => {
      const roster = one.kind === 'roster' ? one : other.kind === 'roster' ? other : null;
      const parent = one.kind === 'parent' ? one : other.kind === 'parent' ? other : null;
      if (roster === null || parent?.severity !== 'P0') return isMoreValuable(one, other);
      const word = facts.get(parent.id)?.word ?? '';
      if (!roster.id.startsWith(`${word}/`)) return isMoreValuable(one, other);
      return storms.isRostersTurn(word) ? one === roster : one === parent;
    },
    settled: (job) => {
      // who found no room on it comes onto the next
      if (job.kind === 'roster') arrange();
      if (job.kind !== 'parent') return;
      const roster = storms.rosterOf(job.id);
      storms.isShown(job.id);
      scheduler().release(threadEvent(job.id));
      const isOn = roster !== null && storms.roster(roster.id)?.storm.isOver === false;
      if (isOn && roster.waits) markRoster(roster.id, PROGRESS_MS);
    },
    named: (incidents) => {
      for (const incident of incidents) {
        const job = jobs.get(keyOf('parent', incident));
        if (job === undefined || job.rank === 1) continue;
        job.rank = 1;
        scheduler().offer(job);
      }
    },
    storms,
  };
}
