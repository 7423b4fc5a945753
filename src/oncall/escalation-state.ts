import { SEVERITIES, type Severity } from '../core/config/config.ts';
import type { NewEvent } from '../journal/port.ts';
import { shifted } from './clock-shift.ts';
import type { AckStep } from './page.ts';

/** A page to come: 1-based level; round 0 is the level itself, 1… its repeats, one past the last is "exhausted". */
export type Step = { readonly level: number; readonly round: number };
/** When a step falls due, epoch ms. `deferred`: it waits for business time. */
export type NextStep = Step & { readonly at: number; readonly deferred: boolean };

/** Why nobody is paged: what the incident is, or that its pages pause. */
export type StopReason =
  | 'acknowledged'
  | 'recovered'
  | 'resolved'
  | 'closed'
  | 'folded'
  | 'snoozed'
  | 'silenced'
  | 'flapping'
  /** Its severity was lowered to one without pages. */
  | 'lowered';

/** Reasons after which a policy goes on where it was; after the others it starts anew. */
export const PAUSES: ReadonlySet<StopReason> = new Set(['acknowledged', 'recovered', 'snoozed', 'silenced']);

/** When the ack's clock strikes next, epoch ms, and what it does then. */
export type AckMoment = { readonly step: AckStep; readonly at: number };

/** The clock of an acknowledgement (severities.yml, `ack_expires`). */
export type AckClock = {
  readonly next: AckMoment;
  readonly askedAt: number | null;
  /** Since when nobody has shown up: the acknowledgement, or the last thing that a person did. */
  readonly since: number;
  readonly answeredUpTo: number;
};

/** The escalation of one incident (aggregate kind `escalation`, id = the incident's). */
export type EscalationState = {
  readonly incident: string;
  /** Number of the policy start. */
  readonly cycle: number;
  readonly severity: Severity;
  /** Contact that the route adds to every level. */
  readonly policyContact: string | null;
  /** `ended`: every page of the policy was asked for. */
  readonly status: 'running' | 'stopped' | 'ended';
  readonly stopped: StopReason | null;
  /** The last page asked for; level 0 before the first. */
  readonly level: number;
  readonly round: number;
  /** The moment from which levels count: a level is due `after - base.afterSeconds` later. */
  readonly base: { readonly at: number; readonly afterSeconds: number };
  readonly respondBy: number | null;
  /** Nothing is broken: somebody tries out who answers. */
  readonly drill?: true;
  /** A drill on paper: its pages are written down and not sent. */
  readonly paper?: true;
  readonly next: NextStep | null;
  /** Absent or null: no clock runs. */
  readonly ack?: AckClock | null;
  /** Pages beside the policy's own steps in this cycle; absent: none. */
  readonly beyond?: number;
  /** So many of these were asked for when somebody last took it, or pages stopped; absent: none. */
  readonly answered?: number;
};

export const ESCALATION = 'escalation';

/** The events of the machine; `page.sent`, `page.failed` and the other records change no state. */
export type EscalationEvent = NewEvent;

/** Folds one event into the state. Reproduces the stored state from events alone. */
export function evolveEscalation(state: EscalationState | null, event: EscalationEvent): EscalationState {
  if (event.type === 'escalation.started') return started(event);
  if (state === null) throw new Error(`escalation begins with ${event.type}`);
  switch (event.type) {
    case 'escalation.paged':
      return { ...state, level: numberOf(event, 'level'), round: numberOf(event, 'round'), ...stepAfter(event) };
    case 'escalation.resumed':
      return {
        ...state,
        stopped: null,
        level: numberOf(event, 'level'),
        round: numberOf(event, 'round'),
        ...stepAfter(event),
      };
    case 'escalation.scheduled':
      return { ...state, next: nextOf(event.data.next) };
    case 'escalation.exhausted':
      return { ...state, status: 'ended', next: null };
    case 'escalation.stopped':
      return { ...answered(state), status: 'stopped', stopped: event.data.because as StopReason, next: null };
    case 'escalation.answered':
      return answered(state);
    case 'escalation.lowered':
      return { ...state, severity: severityIn(event), policyContact: contactIn(event) };
    case 'escalation.called':
      return { ...state, ...called(state, event), ...(event.data.base === undefined ? {} : stepAfter(event)) };
    case 'escalation.shifted':
      return shifted(state, numberOf(event, 'byMs'));
    case 'ack.began':
      return { ...state, ack: begunClock(state, event) };
    case 'ack.struck':
      return { ...state, ...called(state, event), ack: struckClock(state, event) };
    case 'ack.held':
      return state.ack == null ? state : { ...state, ack: { ...state.ack, next: momentOf(event.data.next) } };
    case 'ack.ended':
      return { ...state, ack: null };
    default:
      return state;
  }
}

/** Somebody was paged beside the policy: a higher level counts as reached. */
function called(state: EscalationState, event: EscalationEvent): Pick<EscalationState, 'level' | 'round' | 'beyond'> {
  const level = numberOf(event, 'level');
  const reached = level > state.level ? { level, round: 0 } : { level: state.level, round: state.round };
  return { ...reached, beyond: numberOf(event, 'number') };
}

/** Nobody is waited for any more, whoever was called in. */
function answered(state: EscalationState): EscalationState {
  return state.beyond === undefined ? state : { ...state, answered: state.beyond };
}

function begunClock(state: EscalationState, event: EscalationEvent): AckClock {
  const since = numberOf(event, 'at');
  return { next: momentOf(event.data.next), askedAt: null, since, answeredUpTo: state.beyond ?? 0 };
}

/** After the next level was paged a new lap begins: what was asked before is not answered any more. */
function struckClock(state: EscalationState, event: EscalationEvent): AckClock {
  const next = momentOf(event.data.next);
  const [at, number] = [numberOf(event, 'at'), numberOf(event, 'number')];
  const { since, askedAt, answeredUpTo } = state.ack ?? { since: at, askedAt: null, answeredUpTo: 0 };
  if (event.data.step === 'level') return { next, askedAt: null, since, answeredUpTo: number - 1 };
  return { next, askedAt: askedAt ?? at, since, answeredUpTo };
}

function momentOf(value: unknown): AckMoment {
  const { step, at } = value as AckMoment;
  return { step, at };
}

function started(event: EscalationEvent): EscalationState {
  const at = numberOf(event, 'at');
  return {
    incident: String(event.data.incident),
    cycle: numberOf(event, 'cycle'),
    severity: severityIn(event),
    policyContact: contactIn(event),
    status: 'running',
    stopped: null,
    level: 0,
    round: 0,
    base: { at, afterSeconds: 0 },
    respondBy: numberOf(event, 'respondBy'),
    ...(event.data.drill === true ? { drill: true as const } : {}),
    ...(event.data.paper === true ? { paper: true as const } : {}),
    next: null,
  };
}

function severityIn({ data }: EscalationEvent): Severity {
  return SEVERITIES.find((each) => each === data.severity) ?? 'P2';
}

function contactIn({ data }: EscalationEvent): string | null {
  return typeof data.contact === 'string' ? data.contact : null;
}

function stepAfter(event: EscalationEvent): Pick<EscalationState, 'base' | 'next' | 'status'> {
  const base = event.data.base as EscalationState['base'];
  const next = nextOf(event.data.next);
  return {
    base: { at: base.at, afterSeconds: base.afterSeconds },
    next,
    status: next === null ? 'ended' : 'running',
  };
}

function nextOf(value: unknown): NextStep | null {
  if (value === null || value === undefined) return null;
  const { level, round, at, deferred } = value as NextStep;
  return { level, round, at, deferred };
}

function numberOf(event: EscalationEvent, key: string): number {
  const value = event.data[key];
  if (typeof value !== 'number') throw new Error(`${event.type} has no ${key}`);
  return value;
}
