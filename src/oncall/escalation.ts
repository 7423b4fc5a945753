import type { Logger } from 'pino';
import type { BatchPart, DescribeEvent, FollowIncident, IncidentChange } from '../alerts/change.ts';
import type { ConfigSource, Means } from '../core/config/config.ts';
import type { Registry } from '../core/metrics.ts';
import { decideUntilAppended } from '../journal/decide.ts';
import type { Evolvers } from '../journal/evolver.ts';
import type {
  AggregateRow,
  Batch,
  Effect,
  EffectChange,
  Journal,
  NewEvent,
  StoredEvent,
  Timer,
  TimerChange,
} from '../journal/port.ts';
import type { TimerHandler } from '../journal/timers.ts';
import { concernsClock, followClock, strikeClock } from './ack-decide.ts';
import { createBusinessClockCache } from './business-time.ts';
import { answerCalls, callOut, callsOf, isAnswered } from './call.ts';
import { shiftFor } from './clock-shift.ts';
import { dropPages, type EscalationDecision, type Undecided } from './decision.ts';
import { describeEscalation } from './describe.ts';
import { type EscalationContext, SLACK_MEANS } from './escalation-context.ts';
import { fireDue } from './escalation-decide.ts';
import { ESCALATION, type EscalationState, evolveEscalation, PAUSES } from './escalation-state.ts';
import { followChange, meaningOf, wakesUp } from './follow.ts';
import { createFollowUp } from './follow-up.ts';
import { heldTimer } from './held.ts';
import { createOncallMetrics } from './metrics.ts';
import {
  type EscalationView,
  PAGE_KINDS,
  PAPER,
  type PageDelivery,
  type PageRequest,
  type PageResult,
} from './page.ts';
import { pagedPeople, unansweredPages, wasTakenMeanwhile, whatIsKnown } from './paged.ts';
import { type UnsentTiming, unsentTimer } from './unsent.ts';
import { viewEscalation } from './view.ts';

const PURPOSE = 'escalate';
const ACK_PURPOSE = 'ack';

export interface EscalationDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly logger: Logger;
  readonly metrics: Registry;
  /** The means that are set up; absent: what Slack carries. */
  readonly means?: ReadonlySet<Means>;
}

export interface Escalation {
  /** Adds the escalation's events, timer and pages to the transaction that changes an incident. */
  readonly follow: FollowIncident;
  readonly timers: Readonly<
    Record<'escalation.escalate' | 'escalation.ack' | 'page.unsent' | 'page.held', TimerHandler>
  >;
  /** Closes a page's effect with an event; to be appended in one batch, and asked again after a conflict. */
  pageClosed(effect: Effect, result: PageResult): Promise<BatchPart>;
  /** Records what a vendor says became of a page that it took; to be appended like `pageClosed`. */
  pageDelivered(page: Effect, delivery: PageDelivery): Promise<BatchPart>;
  /** The wall clock jumped: what is due moves with it. */
  clockJumped(byMs: number, now: number): Promise<void>;
  /** null for an incident without pages (P3, or none yet). */
  viewOf(incident: string): Promise<EscalationView | null>;
  readonly describe: DescribeEvent;
  readonly evolvers: Evolvers;
  /** Stops counting. */
  stop(): void;
}

/**
 * Keeps asking for pages until somebody owns an incident. In: changes of incidents, its own timer. Out: effects of kind
 * `page`, and the events that say who was asked, late or not, and why somebody was not.
 */
export function createEscalation(deps: EscalationDeps): Escalation {
  const { journal, config, logger, means = SLACK_MEANS } = deps;
  const metrics = createOncallMetrics(deps.metrics);
  const stop = journal.onChange(({ events }) => {
    for (const event of events) if (event.kind === ESCALATION) metrics.count(event);
  });
  const businessClock = createBusinessClockCache();
  const followUp = createFollowUp({ journal, config, means });
  const load = (incident: string) => journal.aggregate<EscalationState>(ESCALATION, incident);

  async function contextAt(now: number) {
    const current = config.current();
    return { now, config: current, business: await businessClock(current.oncall.businessTime), means };
  }

  async function follow(change: IncidentChange): Promise<BatchPart> {
    const calls = callsOf(change);
    const isNews = concernsClock(change) || isAnswered(change) || calls.length > 0;
    if (meaningOf(change).kind === 'nothing' && !isNews) return {};
    const row = await load(change.after.id);
    const state = row?.state ?? null;
    const context = await contextAt(change.at);
    let decided: Undecided = (await followPolicy(state, change, context)) ?? { state, events: [], effects: [] };
    decided = answerCalls(decided, change);
    decided = followClock(decided, change, { ...context, drops: await unansweredPages(journal, state) });
    for (const call of calls) {
      const paged = await pagedPeople(journal, state);
      decided = callOut(decided, call, change.after, { ...context, paged });
    }
    const drops = state !== null && isAnswered(change) ? dropPages(state.incident, 'answered') : [];
    if (decided.state === null || decided.events.length === 0) return drops.length === 0 ? {} : { effects: drops };
    const whole = { ...decided, state: decided.state, effects: [...drops, ...decided.effects] };
    return partOf(row, whole, await followUp.timing(change.after.id, change.at));
  }

  async function followPolicy(state: EscalationState | null, change: IncidentChange, context: EscalationContext) {
    if (meaningOf(change).kind === 'nothing') return null;
    const wasSent = wakesUp(change) ? false : await wasLevelSent(journal, state);
    return followChange(state, change, { ...context, wasSent });
  }

  async function escalate(timer: Timer, now: number): Promise<Batch | null> {
    const row = await load(timer.id);
    const withoutSlack = await followUp.isSlackSilent(timer.id, now);
    const decided = row === null ? null : fireDue(row.state, { ...(await contextAt(now)), withoutSlack });
    if (decided === null) return null;
    const { level, round, incident } = decided.state;
    logger.info({ incidentId: incident, level, round, lateMs: now - timer.dueAt }, 'escalation moved on');
    return { at: now, actor: 'auto', ...partOf(row, decided, await followUp.timing(incident, now)) };
  }

  async function strike(timer: Timer, now: number): Promise<Batch | null> {
    const row = await load(timer.id);
    if (row === null) return null;
    const withoutSlack = await followUp.isSlackSilent(timer.id, now);
    const known = await whatIsKnown(journal, timer.id);
    const decided = strikeClock(row.state, known, { ...(await contextAt(now)), withoutSlack });
    if (decided === null) return null;
    logger.info({ incidentId: timer.id, lateMs: now - timer.dueAt }, 'the clock of an acknowledgement struck');
    return { at: now, actor: 'auto', ...partOf(row, decided, await followUp.timing(timer.id, now)) };
  }

  async function pageClosed(effect: Effect, result: PageResult): Promise<BatchPart> {
    const request = effect.data as PageRequest;
    const close = { op: 'close', key: effect.key, state: stateOf(result.outcome), result } as const;
    const row = await load(request.incident);
    if (row === null) return { effects: [close] };
    const { cycle, level, round, means, people, targets, beyond } = request;
    const { outcome, ...ending } = result;
    const isLate = outcome === 'sent' && (await wasTakenMeanwhile(journal, effect));
    const data = {
      ...{ cycle, level, round, means, people, targets, ...ending },
      ...(beyond === undefined ? {} : { why: beyond.why }),
      ...(isLate ? { meanwhile: 'acknowledged' } : {}),
    };
    const event: NewEvent = { type: `page.${outcome}`, v: 1, data };
    const { events, part } = await followUp.afterClosing(row.state, effect, result);
    const changed = changeOf(row, row.state, [event, ...events]);
    return { ...part, aggregates: [changed], effects: [close, ...(part.effects ?? [])] };
  }

  async function pageDelivered(page: Effect, { outcome, detail }: PageDelivery): Promise<BatchPart> {
    const request = page.data as PageRequest;
    const row = await load(request.incident);
    if (row === null) return {};
    const { cycle, level, round, means, people, targets } = request;
    const data = { cycle, level, round, means, people, targets, detail };
    const told = { type: `page.${outcome}`, v: 1, data };
    if (outcome === 'delivered') return { aggregates: [changeOf(row, row.state, [told])] };
    const lost = { outcome: 'failed', error: detail, reference: null, lateSeconds: 0 } as const;
    const { events, part } = await followUp.afterClosing(row.state, page, lost);
    return { ...part, aggregates: [changeOf(row, row.state, [told, ...events])] };
  }

  async function clockJumped(byMs: number, now: number): Promise<void> {
    for (const { id } of await journal.aggregates('incident', { open: true })) {
      await decideUntilAppended(journal, async () => {
        const row = await load(id);
        const event = row === null ? null : shiftFor(row.state, byMs, now);
        if (row === null || event === null) return null;
        const state = evolveEscalation(row.state, event);
        const timers = [timerOf(state), ackTimerOf(state)];
        return { at: now, actor: 'auto', aggregates: [changeOf(row, state, [event])], timers };
      });
    }
  }

  return {
    follow,
    timers: {
      'escalation.escalate': escalate,
      'escalation.ack': strike,
      'page.unsent': followUp.unsent,
      'page.held': followUp.held,
    },
    pageClosed,
    pageDelivered,
    clockJumped,
    viewOf: (incident) => viewEscalation(journal, { config: config.current(), means }, incident),
    describe: describeEscalation,
    evolvers: escalationEvolvers,
    stop,
  };
}

/** Folds stored events of escalations, for `journal verify --state`. */
export const escalationEvolvers = {
  [ESCALATION]: (state: EscalationState | null, event: StoredEvent): EscalationState => evolveEscalation(state, event),
} satisfies Evolvers;

function partOf(
  row: AggregateRow<EscalationState> | null,
  decided: EscalationDecision,
  timing: UnsentTiming,
): BatchPart {
  const { state, events } = decided;
  const isPaper = state.paper === true;
  const effects = isPaper ? onPaper(decided.effects) : decided.effects;
  const unsent = isPaper ? null : unsentTimer(state, effects, timing);
  const held = isPaper ? null : heldTimer(state, events);
  const timers = [timerOf(state), ackTimerOf(state), unsent, held].filter((timer) => timer !== null);
  return { aggregates: [changeOf(row, state, events)], timers, effects };
}

/** Each page is asked for and dropped in one transaction: nobody can send it, and it stands in the record. */
function onPaper(effects: readonly EffectChange[]): EffectChange[] {
  return effects.flatMap((effect): EffectChange[] =>
    effect.op === 'ask' ? [effect, { op: 'drop', key: effect.key, reason: PAPER }] : [effect],
  );
}

function changeOf(row: AggregateRow<EscalationState> | null, state: EscalationState, events: readonly NewEvent[]) {
  const { incident } = state;
  return { kind: ESCALATION, id: incident, expected: row?.version ?? 0, key: null, state, events, incident };
}

function timerOf({ incident: id, status, next, cycle }: EscalationState): TimerChange {
  if (status !== 'running' || next === null) return { op: 'cancel', kind: ESCALATION, id, purpose: PURPOSE };
  const data = { cycle, level: next.level, round: next.round };
  return { op: 'set', kind: ESCALATION, id, purpose: PURPOSE, dueAt: next.at, data };
}

function ackTimerOf({ incident: id, ack }: EscalationState): TimerChange {
  if (ack == null) return { op: 'cancel', kind: ESCALATION, id, purpose: ACK_PURPOSE };
  const { step, at } = ack.next;
  return { op: 'set', kind: ESCALATION, id, purpose: ACK_PURPOSE, dueAt: at, data: { step } };
}

/** Whether a page of the level reached went out (or may have): then a refire does not ask for it again. */
async function wasLevelSent(journal: Journal, state: EscalationState | null): Promise<boolean> {
  if (state?.stopped == null || !PAUSES.has(state.stopped) || state.level === 0) return true;
  const pages = await journal.effects({
    kinds: PAGE_KINDS,
    states: ['claimed', 'done', 'unknown'],
    incident: state.incident,
  });
  return pages.some(({ data }) => data.cycle === state.cycle && data.level === state.level);
}

/** A superseded page reached nobody by itself: as an effect it counts like one that failed. */
function stateOf(outcome: PageResult['outcome']): 'done' | 'failed' | 'unknown' {
  if (outcome === 'sent') return 'done';
  return outcome === 'superseded' ? 'failed' : outcome;
}
