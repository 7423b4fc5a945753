import type { IncidentChange } from '../alerts/change.ts';
import type { IncidentState } from '../alerts/incident-state.ts';
import { SEVERITIES } from '../core/config/config.ts';
import type { EscalationDecision } from './decision.ts';
import type { EscalationContext } from './escalation-context.ts';
import { lowerPolicy, type PolicyStart, resumePolicy, startPolicy, stopPolicy } from './escalation-decide.ts';
import { type EscalationState, PAUSES, type StopReason } from './escalation-state.ts';

/** What a change of an incident means for its escalation. */
export type Meaning =
  | { readonly kind: 'start'; readonly reason: PolicyStart['reason'] }
  | { readonly kind: 'resume' }
  | { readonly kind: 'stop'; readonly because: StopReason }
  | { readonly kind: 'nothing' };

/**
 * Why nobody is to be paged for an incident as it is; null: somebody is. Folded, quiet and flapping come after the
 * status, because what is not firing needs no page anyway.
 */
function stillnessOf(state: IncidentState): StopReason | null {
  if (state.status !== 'firing') return state.status;
  if (state.foldedUnder != null) return 'folded';
  if (state.quiet != null) return state.quiet.kind;
  return state.flapping == null ? null : 'flapping';
}

/** Reads a change of an incident (CONFIG.md, States): pure, by its states before and after alone. */
export function meaningOf({ before, after }: IncidentChange): Meaning {
  const now = stillnessOf(after);
  const mayPage = now === null || now === 'acknowledged' || now === 'flapping';
  if (before === null) return mayPage ? { kind: 'start', reason: 'opened' } : { kind: 'nothing' };
  const change = SEVERITIES.indexOf(after.severity) - SEVERITIES.indexOf(before.severity);
  if (change < 0 && mayPage && after.foldedUnder == null) return { kind: 'start', reason: 'raised' };
  if (now === 'flapping' && before.flapping == null) return { kind: 'start', reason: 'flapping' };
  const was = stillnessOf(before);
  if (was === now) return change > 0 ? afterLowering(now) : { kind: 'nothing' };
  return now === null ? afterStillness(was) : { kind: 'stop', because: now };
}

/** Less urgent: it goes on by the policy of that; the full pages that a raise gave a flapping one are over. */
function afterLowering(now: StopReason | null): Meaning {
  if (now === null) return { kind: 'start', reason: 'lowered' };
  return now === 'flapping' ? { kind: 'stop', because: now } : { kind: 'nothing' };
}

/** A pause is over, or what ended pages is undone. */
function afterStillness(was: StopReason | null): Meaning {
  if (was !== null && PAUSES.has(was)) return { kind: 'resume' };
  if (was === 'folded') return { kind: 'start', reason: 'unfolded' };
  return { kind: 'start', reason: was === 'flapping' ? 'stays' : 'reopened' };
}

/** Whether pages go on because the time of quiet is over: then the level reached is paged again. */
export function wakesUp({ before, after }: IncidentChange): boolean {
  return before?.quiet != null && after.quiet == null && stillnessOf(after) === null;
}

/** Decides what follows from a change; null: nothing. `wasSent`: a page of the level it had reached went out. */
export function followChange(
  state: EscalationState | null,
  change: IncidentChange,
  context: EscalationContext & { readonly wasSent: boolean },
): EscalationDecision | null {
  const { after } = change;
  const meaning = meaningOf(change);
  switch (meaning.kind) {
    case 'nothing':
      return null;
    case 'stop':
      return state === null ? null : stopPolicy(state, meaning.because, context.now);
    case 'resume':
      return resume(state, after, context);
    case 'start':
      return start(state, after, meaning.reason, context);
    default:
      return meaning satisfies never;
  }
}

function resume(
  state: EscalationState | null,
  after: IncidentState,
  context: EscalationContext & { readonly wasSent: boolean },
): EscalationDecision | null {
  if (state === null) return start(state, after, 'opened', context);
  if (state.severity !== after.severity) {
    const isLower = SEVERITIES.indexOf(after.severity) > SEVERITIES.indexOf(state.severity);
    return start(state, after, isLower ? 'lowered' : 'raised', context);
  }
  if (state.stopped === null || !PAUSES.has(state.stopped)) return start(state, after, 'reopened', context);
  return resumePolicy(state, context.wasSent, context);
}

function start(
  state: EscalationState | null,
  after: IncidentState,
  reason: PolicyStart['reason'],
  context: EscalationContext,
): EscalationDecision | null {
  if (after.digest || context.config.severities[after.severity].digest) {
    return state === null ? null : stopPolicy(state, 'lowered', context.now);
  }
  const { id: incident, severity, policyContact } = after;
  const still = stillnessOf(after);
  // A flapping incident that is raised is paged for in full.
  const stopAfter = still === 'flapping' && reason === 'raised' ? null : still;
  const drill = after.drill !== undefined;
  const paper = after.drill?.paper === true;
  const wanted = { incident, severity, policyContact, reason, stopAfter, drill, paper };
  return reason === 'lowered' ? lowerPolicy(state, wanted, context) : startPolicy(state, wanted, context);
}
