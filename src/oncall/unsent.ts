import { isDeepStrictEqual } from 'node:util';
import type { Means, Severity } from '../core/config/config.ts';
import type { Effect, EffectChange, NewEvent, TimerChange } from '../journal/port.ts';
import { adminNotice } from './admin-notice.ts';
import type { EscalationState } from './escalation-state.ts';
import { type Around, decideNextMeans, type NextMeans, UNSENT_MS } from './failover.ts';
import { isBySlack, type PageRequest } from './page.ts';
import { isWaiting, newestOf } from './waiting.ts';

/** Kind and purpose of the timer that looks whether Slack has taken the pages of a step; its id is the incident's. */
export const UNSENT_TIMER = { kind: 'page', purpose: 'unsent' } as const;

/** Severities whose pages do not wait for a Slack that is away (FAULTS.md, 14 and 17). */
const URGENT: ReadonlySet<Severity> = new Set(['P0', 'P1']);

/** What is decided when the timer rings, and when it looks again. */
export interface Unsent extends NextMeans {
  readonly againAt: number | null;
}

/** What the timer looks at. */
export interface UnsentContext extends Pick<Around, 'config' | 'means' | 'pages'> {
  readonly now: number;
  /** Within the hour an admin was told already. */
  readonly isAdminTold: boolean;
  /** The escalation's events so far: that nothing is left is said once. */
  readonly told: ReadonlyArray<Pick<NewEvent, 'type' | 'data'>>;
}

/** When the timer is decided on. */
export interface UnsentTiming {
  readonly now: number;
  /** The means that are set up. */
  readonly means: ReadonlySet<Means>;
  /** It is set for earlier pages already, and comes back for later ones; null: it is not. */
  readonly setFor: number | null;
  /** Pages by Slack that may be on their way. */
  readonly open: readonly Effect[];
}

/**
 * The timer beside what was decided: set with pages by Slack where another means is set up, gone when nobody waits for
 * those on their way any more; null: as it is.
 */
export function unsentTimer(
  state: EscalationState,
  effects: readonly EffectChange[],
  { now, means, setFor, open }: UnsentTiming,
): TimerChange | null {
  const { incident: id, severity } = state;
  const isAsked = effects.some((each) => each.op === 'ask' && isBySlack((each.data as PageRequest).means));
  const hasOthers = [...means].some((each) => !isBySlack(each));
  // set anew even where it is set: it may ring, and find nothing, while this is decided
  if (isAsked && hasOthers && URGENT.has(severity))
    return { op: 'set', ...UNSENT_TIMER, id, dueAt: Math.min(now + UNSENT_MS, setFor ?? Infinity), data: {} };
  const isWanted = open.some(({ data }) => isWaiting(state, data as PageRequest));
  return setFor !== null && !isWanted ? { op: 'cancel', ...UNSENT_TIMER, id } : null;
}

/** The timer for pages by Slack of these that are still on their way; null: there are none. */
export function timerForOpen(state: EscalationState, pages: readonly Effect[]): TimerChange | null {
  const { incident: id, severity } = state;
  const at = earliest(waitingBySlack(state, pages).map(({ askedAt }) => askedAt + UNSENT_MS));
  return at === null || !URGENT.has(severity) ? null : { op: 'set', ...UNSENT_TIMER, id, dueAt: at, data: {} };
}

/** Whether Slack does not take the pages of an incident: one of these is open since 30 s. */
export function isUnsent(pages: readonly Effect[], now: number): boolean {
  return openBySlack(pages).some(({ askedAt }) => askedAt <= now - UNSENT_MS);
}

/**
 * The pages of the newest step, of the clock's newest strike and of each call, that Slack has not taken for 30 s go by
 * the second channel too; they stay wanted. An admin is told by another means, once an hour.
 */
export function decideUnsent(state: EscalationState, context: UnsentContext): Unsent {
  const { now, config, means } = context;
  const unsentSince = now - UNSENT_MS;
  const open = waitingBySlack(state, context.pages);
  const young = open.filter(({ askedAt }) => askedAt > unsentSince).map(({ askedAt }) => askedAt + UNSENT_MS);
  const againAt = earliest(young);
  const events: NewEvent[] = [];
  const effects: EffectChange[] = [];
  const requests = missedOf(open.filter(({ askedAt }) => askedAt <= unsentSince));
  for (const request of requests) {
    const pages = context.pages.filter(({ data }) => isOfStep(data as PageRequest, request));
    const missed = { request, why: 'unsent', error: null } as const;
    const next = decideNextMeans(missed, { state, config, means, pages, unsentSince });
    events.push(...next.events.filter((event) => !isTold(event, context.told)));
    effects.push(...next.effects);
  }
  const [first] = requests;
  if (first === undefined || context.isAdminTold) return { events, effects, againAt };
  const told = adminNotice(first, { config, means, pages: pagesOfAll(requests, context.pages), asked: effects });
  return { events: [...events, ...told.events], effects: [...effects, ...told.effects], againAt };
}

/** Whether two pages belong to one step, or to one call beside the policy. */
export function isOfStep(one: PageRequest, other: PageRequest): boolean {
  const isSameCall = one.beyond?.why === other.beyond?.why && one.beyond?.number === other.beyond?.number;
  return isSameCall && one.cycle === other.cycle && one.level === other.level && one.round === other.round;
}

/** By Slack, and perhaps on its way. */
export function openBySlack(pages: readonly Effect[]): Effect[] {
  return pages.filter(
    ({ state, data }) => (state === 'wanted' || state === 'claimed') && isBySlack((data as PageRequest).means),
  );
}

function waitingBySlack(state: EscalationState, pages: readonly Effect[]): Effect[] {
  return openBySlack(pages).filter(({ data }) => isWaiting(state, data as PageRequest));
}

/** One request a step, for everybody whom its open pages are for. */
function missedOf(open: readonly Effect[]): PageRequest[] {
  const requests = open.map(({ data }) => data as PageRequest);
  const missed: PageRequest[] = [];
  for (const newest of newestOf(requests)) {
    if (missed.some((each) => isOfStep(each, newest))) continue;
    const same = requests.filter((each) => isOfStep(each, newest));
    const people = [...new Set(same.flatMap((each) => each.people))];
    missed.push({ ...newest, people, targets: [...new Set(same.flatMap((each) => each.targets))] });
  }
  return missed;
}

function pagesOfAll(requests: readonly PageRequest[], pages: readonly Effect[]): Effect[] {
  return pages.filter(({ data }) => requests.some((request) => isOfStep(data as PageRequest, request)));
}

/** Said before in the same words: of a page that hangs nothing else has become. */
function isTold(event: NewEvent, told: UnsentContext['told']): boolean {
  return told.some(({ type, data }) => type === event.type && isDeepStrictEqual(data, event.data));
}

function earliest(moments: readonly number[]): number | null {
  return moments.length === 0 ? null : Math.min(...moments);
}
