import type { Severity } from '../core/config/config.ts';
import type { JsonObject } from '../core/json.ts';
import type { EffectChange, NewEvent } from '../journal/port.ts';
import type { PolicyTime } from './due.ts';
import type { EscalationContext } from './escalation-context.ts';
import { type EscalationState, evolveEscalation } from './escalation-state.ts';
import { PAGE_KINDS } from './page.ts';
import type { Skip } from './targets.ts';

/** What was decided: events of the escalation, pages asked for or dropped, and the state after. */
export interface EscalationDecision {
  readonly state: EscalationState;
  readonly events: readonly NewEvent[];
  readonly effects: readonly EffectChange[];
}

/** A decision on a state, or on none yet: nothing so far. */
export type Undecided = Omit<EscalationDecision, 'state'> & { readonly state: EscalationState | null };

/** The decision with further events, folded into its state. */
export function withEvents(before: Undecided, events: readonly NewEvent[]): EscalationDecision {
  let { state } = before;
  for (const event of events) state = evolveEscalation(state, event);
  if (state === null) throw new Error('an escalation begins with an event');
  return { state, events: [...before.events, ...events], effects: before.effects };
}

/** Drops every page of an incident that is wanted still, by whatever means. */
export function dropPages(incident: string, reason: string): EffectChange[] {
  return PAGE_KINDS.map((kind) => ({ op: 'dropAll', kind, incident, reason }));
}

/** The records of what the matrix asks for and nobody gets, one for each reason; `heldUntil`: when quiet hours end. */
export function skipEvents(about: JsonObject, skipped: readonly Skip[], heldUntil?: number): NewEvent[] {
  const reasons = [...new Set(skipped.map(({ reason }) => reason))];
  return reasons.map((reason) => {
    const items = skipped.filter((skip) => skip.reason === reason);
    const pages = items.map(({ target, person, means }) => ({ target, person, means }));
    const until = reason === 'quiet-hours' && heldUntil !== undefined ? { until: heldUntil } : {};
    return { type: 'page.skipped', v: 1, data: { ...about, reason, pages, ...until } };
  });
}

/** The rules of time of a severity, as the configuration has them now. */
export function timeOf(severity: Severity, { config, business }: EscalationContext): PolicyTime {
  return { policy: config.severities[severity], business };
}
