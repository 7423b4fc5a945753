import type { Severity } from '../../core/config/config.ts';
import type { StoredEvent } from '../../journal/port.ts';

/** One time that an incident was open: from opened or reopened until it is so again. */
export interface Cycle {
  readonly openedAt: number;
  /** As it is now. */
  readonly severity: Severity;
  readonly acknowledged: boolean;
  readonly mitigated: boolean;
  readonly resolved: boolean;
}

/** `mitigate`: the first moment at which it had recovered, or a run had fixed it. */
export const MEASURES = ['acknowledge', 'mitigate', 'resolve'] as const;
export type MeasureKind = (typeof MEASURES)[number];

/** Time from the opening to an event, under the severity of that moment. */
export interface Measure {
  readonly kind: MeasureKind;
  readonly severity: Severity;
  readonly seconds: number;
}

/** Whether an event says that a run of a runbook proved its incident fixed. */
export type IsFix = (event: StoredEvent) => boolean;

export interface Followed {
  readonly cycle: Cycle | null;
  readonly measure: Measure | null;
}

/** Follows an event about an incident (of any aggregate): the cycle after it, and what it measures. */
export function followCycle(cycle: Cycle | null, event: StoredEvent, isFix: IsFix): Followed {
  if (event.type === 'incident.opened') return begin(event.at, event.data.severity as Severity);
  if (cycle === null) return { cycle, measure: null };
  if (isFix(event)) return measured(cycle, event, 'mitigate', 'mitigated');
  switch (event.type) {
    case 'incident.reopened':
      return begin(event.at, cycle.severity);
    case 'incident.severity-raised':
    case 'incident.severity-changed':
      return { cycle: { ...cycle, severity: event.data.to as Severity }, measure: null };
    case 'incident.acknowledged':
    case 'incident.assigned':
      return measured(cycle, event, 'acknowledge', 'acknowledged');
    case 'incident.recovered':
      return measured(cycle, event, 'mitigate', 'mitigated');
    case 'incident.resolved':
      return measured(cycle, event, 'resolve', 'resolved');
    default:
      return { cycle, measure: null };
  }
}

function begin(openedAt: number, severity: Severity): Followed {
  return { cycle: { openedAt, severity, acknowledged: false, mitigated: false, resolved: false }, measure: null };
}

/** The first one counts. */
function measured(
  cycle: Cycle,
  { at }: StoredEvent,
  kind: MeasureKind,
  mark: 'acknowledged' | 'mitigated' | 'resolved',
): Followed {
  if (cycle[mark]) return { cycle, measure: null };
  const seconds = Math.max(0, at - cycle.openedAt) / 1000;
  return { cycle: { ...cycle, [mark]: true }, measure: { kind, severity: cycle.severity, seconds } };
}
