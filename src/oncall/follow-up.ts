import type { BatchPart } from '../alerts/change.ts';
import type { ConfigSource, Means } from '../core/config/config.ts';
import type { Batch, Effect, Journal, NewEvent, Timer } from '../journal/port.ts';
import { ADMIN_EVERY_MS } from './admin-notice.ts';
import { ESCALATION, type EscalationState } from './escalation-state.ts';
import { decideNextMeans, whyNext } from './failover.ts';
import { HELD_TIMER, heldStrikeOf, releaseHeld, releaseStrike } from './held.ts';
import { PAGE_KINDS, type PageRequest, type PageResult } from './page.ts';
import {
  decideUnsent,
  isOfStep,
  isUnsent,
  openBySlack,
  timerForOpen,
  UNSENT_TIMER,
  type UnsentTiming,
} from './unsent.ts';
import { isPassedOver, isWaiting } from './waiting.ts';

/** What a closed page adds to the transaction that closes it. */
export interface FollowUp {
  readonly events: readonly NewEvent[];
  readonly part: Pick<BatchPart, 'effects' | 'timers'>;
}

const NOTHING: FollowUp = { events: [], part: {} };

/** When an admin was last told; lost, one notice comes too soon. */
const NOTES = 'oncall';
const ADMIN_TOLD = 'slack-silent';

/** What follows when a page does not reach: reads the pages of a step, and asks the rules. */
export function createFollowUp({
  journal,
  config,
  means,
}: {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly means: ReadonlySet<Means>;
}) {
  const pagesOf = (incident: string) => journal.effects({ kinds: PAGE_KINDS, incident });

  /** What follows from how a page ended. */
  async function afterClosing(state: EscalationState, effect: Effect, result: PageResult): Promise<FollowUp> {
    const request = effect.data as PageRequest;
    const why = whyNext(request, result);
    if (why === null || !isWaiting(state, request)) return NOTHING;
    const all = (await pagesOf(request.incident)).map((page) =>
      page.key === effect.key ? { ...page, state: endOf(result), result } : page,
    );
    const requests = all.map(({ data }) => data as PageRequest);
    if (isPassedOver(request, state, requests)) return NOTHING;
    const pages = all.filter(({ data }) => isOfStep(data as PageRequest, request));
    const missed = { request, why, error: result.error };
    const { events, effects } = decideNextMeans(missed, { state, config: config.current(), means, pages });
    const timer = effects.length > 0 ? null : timerForOpen(state, all);
    return { events, part: { effects, ...(timer === null ? {} : { timers: [timer] }) } };
  }

  /** The timer of 30 s rang: what Slack has not taken goes by the second channel too. */
  async function unsent({ id }: Timer, now: number): Promise<Batch> {
    const row = await journal.aggregate<EscalationState>(ESCALATION, id);
    const done = { op: 'cancel', ...UNSENT_TIMER, id } as const;
    if (row === null) return { at: now, actor: 'auto', timers: [done] };
    const toldAt = (await journal.document(NOTES, ADMIN_TOLD))?.at;
    const isAdminTold = typeof toldAt === 'number' && now - toldAt < ADMIN_EVERY_MS;
    const told = await journal.eventsOf(ESCALATION, id);
    const context = { now, config: config.current(), means, pages: await pagesOf(id), isAdminTold, told };
    const { events, effects, againAt } = decideUnsent(row.state, context);
    const timer = againAt === null ? done : ({ op: 'set', ...UNSENT_TIMER, id, dueAt: againAt, data: {} } as const);
    const ended = { at: now, actor: 'auto', timers: [timer] } as const;
    if (events.length === 0) return ended;
    const own = { kind: ESCALATION, id, expected: row.version, key: null, state: row.state, events, incident: id };
    const isTold = events.some(({ type }) => type === 'page.admin-told');
    const documents = isTold ? [{ collection: NOTES, key: ADMIN_TOLD, value: { at: now } }] : [];
    return { ...ended, aggregates: [own], effects, documents };
  }

  /** Somebody's quiet hours are over: what waited for them is asked for, by who is on call now. */
  async function held({ id, data }: Timer, now: number): Promise<Batch> {
    const row = await journal.aggregate<EscalationState>(ESCALATION, id);
    const done = { op: 'cancel', ...HELD_TIMER, id } as const;
    if (row === null) return { at: now, actor: 'auto', timers: [done] };
    const { state, version: expected } = row;
    const context = { now, config: config.current(), means };
    const pages = await pagesOf(id);
    const strike = heldStrikeOf(data);
    const released =
      strike === null ? releaseHeld(state, pages, context) : releaseStrike(state, strike, pages, context);
    const { events, effects, againAt } = released;
    const timer = againAt === null ? done : ({ op: 'set', ...HELD_TIMER, id, dueAt: againAt, data } as const);
    const ended = { at: now, actor: 'auto', timers: [timer] } as const;
    if (events.length === 0) return ended;
    const own = { kind: ESCALATION, id, expected, key: null, state, events, incident: id };
    return { ...ended, aggregates: [own], effects };
  }

  /** What the timer beside a decision at `now` depends on. */
  async function timing(incident: string, now: number): Promise<UnsentTiming> {
    const timers = await journal.timersOf(UNSENT_TIMER.kind, incident);
    const set = timers.find(({ purpose }) => purpose === UNSENT_TIMER.purpose);
    const open = set === undefined ? [] : openBySlack(await pagesOf(incident));
    return { now, means, setFor: set?.dueAt ?? null, open };
  }

  return {
    afterClosing,
    held,
    timing,
    unsent,
    /** Whether Slack does not take the pages of an incident at `now`. */
    isSlackSilent: async (incident: string, now: number) => means.size > 2 && isUnsent(await pagesOf(incident), now),
  };
}

function endOf({ outcome }: PageResult): Effect['state'] {
  if (outcome === 'sent') return 'done';
  return outcome === 'unknown' ? 'unknown' : 'failed';
}
