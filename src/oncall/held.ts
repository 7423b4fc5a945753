import type { Effect, EffectChange, NewEvent, TimerChange } from '../journal/port.ts';
import type { EscalationContext } from './escalation-context.ts';
import type { EscalationState } from './escalation-state.ts';
import type { PageRequest } from './page.ts';
import { type Names, pagesOf, whoIsNext } from './pages.ts';
import { namesOf, type Reach, reachOf } from './targets.ts';

/** Kind and purpose of the timer for pages that wait for the end of quiet hours; its id is the incident's. */
export const HELD_TIMER = { kind: 'page', purpose: 'held' } as const;

/** The timer beside what was decided: set with pages that wait, gone when the policy stops; null: as it is. */
export function heldTimer({ incident: id, status }: EscalationState, events: readonly NewEvent[]): TimerChange | null {
  const until = events.flatMap(({ type, data }) => (type === 'page.skipped' ? [data.until] : [])).find(isNumber);
  if (status === 'stopped') return { op: 'cancel', ...HELD_TIMER, id };
  return until === undefined ? null : { op: 'set', ...HELD_TIMER, id, dueAt: until, data: {} };
}

/** Pages that may go out now that somebody's quiet hours are over, and when to look again. */
export interface Released {
  readonly events: readonly NewEvent[];
  readonly effects: readonly EffectChange[];
  readonly againAt: number | null;
}

/**
 * Asks for what the newest step has not asked for yet, by who is on call and who is quiet now: an older step's pages are
 * superseded by it. `pages`: every page of the incident.
 */
export function releaseHeld(
  state: EscalationState,
  pages: readonly Effect[],
  context: Pick<EscalationContext, 'now' | 'config' | 'means'>,
): Released {
  const { now, config, means } = context;
  const { cycle, level, round, severity } = state;
  const wanted = config.severities[severity].levels[level - 1];
  if (state.status === 'stopped' || wanted === undefined) return { events: [], effects: [], againAt: null };
  const reach = reachOf(wanted, state.policyContact, { oncall: config.oncall, at: now, means, severity });
  const step = { level, round };
  const asked = pages.filter(({ data }) => data.cycle === cycle && data.level === level && data.round === round);
  const rest = withoutAsked(reach, asked);
  const next = whoIsNext(context, state, state.next);
  const thread = ['late', ...(rest.thread?.people ?? [])].join('+');
  const effects = pagesOf({ state, step, dueAt: now, next, thread }, rest);
  const againAt = reach.heldUntil ?? null;
  if (effects.length === 0) return { events: [], effects, againAt };
  const data = { cycle, level, round, ...namesOf(rest) };
  return { events: [{ type: 'page.released', v: 1, data }], effects, againAt };
}

function withoutAsked(reach: Reach, asked: readonly Effect[]): Reach {
  const requests = asked.map(({ data }) => data as PageRequest);
  const has = (means: string, who: string) =>
    requests.some((each) => each.means === means && [...each.people, ...each.targets].includes(who));
  const others = reach.others.filter(({ means, people, targets }) => {
    return [...people, ...targets].some((who) => !has(means, who));
  });
  const dm = reach.dm.filter((person) => !has('dm', person));
  return { ...reach, dm, others, thread: missing(reach.thread, (who) => has('thread', who)) };
}

function missing(thread: Names | null, isAsked: (who: string) => boolean): Names | null {
  if (thread === null) return null;
  const people = thread.people.filter((who) => !isAsked(who));
  const targets = thread.targets.filter((who) => !isAsked(who));
  return people.length + targets.length === 0 ? null : { people, targets };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
