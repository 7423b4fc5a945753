import type { Means, Severity } from '../core/config/config.ts';
import type { Effect, EffectChange, TimerChange } from '../journal/port.ts';
import { adminNotice } from './admin-notice.ts';
import type { EscalationState } from './escalation-state.ts';
import { type Around, decideNextMeans, type NextMeans, UNSENT_MS } from './failover.ts';
import { isBySlack, type PageRequest } from './page.ts';

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
}

/** Whether pages may still follow a page of this escalation that did not reach. */
export function mayFollowUp({ status, stopped }: EscalationState): boolean {
  return status !== 'stopped' || stopped === 'flapping';
}

/** When the timer is decided on. */
export interface UnsentTiming {
  readonly now: number;
  /** The means that are set up. */
  readonly means: ReadonlySet<Means>;
  /** It is set for an earlier step already, and comes back for this one. */
  readonly isSet?: boolean;
}

/**
 * The timer beside what was decided: set with pages by Slack where another means is set up, gone when they are stopped;
 * null: as it is.
 */
export function unsentTimer(
  { incident: id, severity, status }: EscalationState,
  effects: readonly EffectChange[],
  { now, means, isSet = false }: UnsentTiming,
): TimerChange | null {
  const isAsked = effects.some((each) => each.op === 'ask' && isBySlack((each.data as PageRequest).means));
  const hasOthers = [...means].some((each) => !isBySlack(each));
  if (isAsked && isSet && status !== 'stopped') return null;
  if (isAsked && hasOthers && URGENT.has(severity))
    return { op: 'set', ...UNSENT_TIMER, id, dueAt: now + UNSENT_MS, data: {} };
  return status === 'stopped' ? { op: 'cancel', ...UNSENT_TIMER, id } : null;
}

/** The timer for pages by Slack of these that are still on their way; null: there are none. */
export function timerForOpen(
  { incident: id, severity }: EscalationState,
  pages: readonly Effect[],
): TimerChange | null {
  const at = earliest(openBySlack(pages).map(({ askedAt }) => askedAt + UNSENT_MS));
  return at === null || !URGENT.has(severity) ? null : { op: 'set', ...UNSENT_TIMER, id, dueAt: at, data: {} };
}

/** Whether Slack does not take the pages of an incident: one of these is open since 30 s. */
export function isUnsent(pages: readonly Effect[], now: number): boolean {
  return openBySlack(pages).some(({ askedAt }) => askedAt <= now - UNSENT_MS);
}

/**
 * The pages of the newest step that Slack has not taken for 30 s go by the second channel too; they stay wanted. An
 * admin is told by another means, once an hour.
 */
export function decideUnsent(state: EscalationState, context: UnsentContext): Unsent {
  const { now, config, means } = context;
  const unsentSince = now - UNSENT_MS;
  const open = openBySlack(context.pages.filter(({ data }) => (data as PageRequest).cycle === state.cycle));
  const young = open.filter(({ askedAt }) => askedAt > unsentSince).map(({ askedAt }) => askedAt + UNSENT_MS);
  const againAt = earliest(young);
  const request = newestOf(open.filter(({ askedAt }) => askedAt <= unsentSince));
  if (request === null) return { events: [], effects: [], againAt };
  const pages = context.pages.filter(({ data }) => isOfStep(data as PageRequest, request));
  const missed = { request, why: 'unsent', error: null } as const;
  const next = decideNextMeans(missed, { state, config, means, pages, unsentSince });
  if (context.isAdminTold) return { ...next, againAt };
  const told = adminNotice(request, { config, means, pages, asked: next.effects });
  return { events: [...next.events, ...told.events], effects: [...next.effects, ...told.effects], againAt };
}

/** Whether two pages belong to one step, or to one call beside the policy. */
export function isOfStep(one: PageRequest, other: PageRequest): boolean {
  const isSameCall = one.beyond?.why === other.beyond?.why && one.beyond?.number === other.beyond?.number;
  return isSameCall && one.cycle === other.cycle && one.level === other.level && one.round === other.round;
}

/** One request for everybody whom the newest step's open pages are for; null: there are none. */
function newestOf(open: readonly Effect[]): PageRequest | null {
  const requests = open.map(({ data }) => data as PageRequest);
  const [newest] = [...requests].sort((a, b) => b.level - a.level || b.round - a.round);
  if (newest === undefined) return null;
  const same = requests.filter((each) => isOfStep(each, newest));
  const people = [...new Set(same.flatMap((each) => each.people))];
  return { ...newest, people, targets: [...new Set(same.flatMap((each) => each.targets))] };
}

function openBySlack(pages: readonly Effect[]): Effect[] {
  return pages.filter(
    ({ state, data }) => (state === 'wanted' || state === 'claimed') && isBySlack((data as PageRequest).means),
  );
}

function earliest(moments: readonly number[]): number | null {
  return moments.length === 0 ? null : Math.min(...moments);
}
