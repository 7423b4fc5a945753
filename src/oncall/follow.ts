import type { IncidentChange } from '../alerts/change.ts';
import { SEVERITIES } from '../core/config/config.ts';
import {
  type EscalationContext,
  type EscalationDecision,
  type PolicyStart,
  resumePolicy,
  startPolicy,
  stopPolicy,
} from './escalation-decide.ts';
import type { EscalationState, StopReason } from './escalation-state.ts';

/** What a change of an incident means for its escalation. */
export type Meaning =
  | { readonly kind: 'start'; readonly reason: PolicyStart['reason'] }
  | { readonly kind: 'resume' }
  | { readonly kind: 'stop'; readonly because: StopReason }
  | { readonly kind: 'nothing' };

/** Reads a change of an incident (CONFIG.md, States): pure, by its states before and after alone. */
export function meaningOf({ before, after }: IncidentChange): Meaning {
  const isOpen = after.status === 'firing' || after.status === 'acknowledged';
  if (before === null) return isOpen ? { kind: 'start', reason: 'opened' } : { kind: 'nothing' };
  const raised = SEVERITIES.indexOf(after.severity) < SEVERITIES.indexOf(before.severity);
  if (isOpen && raised) return { kind: 'start', reason: 'raised' };
  if (before.status === after.status) return { kind: 'nothing' };
  if (after.status !== 'firing') return { kind: 'stop', because: after.status };
  if (before.status === 'recovered') return { kind: 'resume' };
  return { kind: 'start', reason: 'reopened' };
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
      if (state === null || after.owner !== null) return null;
      return resumePolicy(state, context.wasSent, context);
    case 'start': {
      if (after.digest || context.config.severities[after.severity].digest) return null;
      const { id: incident, severity, policyContact } = after;
      const owned = after.status === 'acknowledged';
      return startPolicy(state, { incident, severity, policyContact, owned, reason: meaning.reason }, context);
    }
    default:
      return meaning satisfies never;
  }
}
