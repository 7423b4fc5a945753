import type { Severity } from '../../core/config/config.ts';
import type { IncidentState, OccurrenceAbout } from '../incident-state.ts';
import type { ContextPart } from './context.ts';

/** What a source is asked about. */
export interface ContextSubject {
  readonly incident: IncidentState;
  readonly alertname: string;
  readonly severity: Severity;
  /** Key of hosts.yml's services; null: it belongs to none. */
  readonly service: string | null;
  /** The alert that the incident is most about: the most severe of those that fire, the earliest of them. */
  readonly alert: OccurrenceAbout;
  /** Labels of firing alerts that look at the same expression, that of `alert` first. */
  readonly firing: ReadonlyArray<OccurrenceAbout['labels']>;
  /** When `alert` began to fire. */
  readonly firedAt: number;
  readonly now: number;
  /** Nothing fires any more since then; null: it does. */
  readonly overAt: number | null;
}

/**
 * A place where context comes from. A further one is a file with such an object and a line in `sources.ts`. It is
 * given up after its time limit whether it heeds `signal` or not; what it throws becomes one line of the thread.
 */
export interface ContextSource {
  /** Bounded name for metrics. */
  readonly name: string;
  /** What people read when it does not answer: `Chart`. */
  readonly title: string;
  /** Asked again when the incident is over, so that its last values are kept. */
  readonly atEnd?: boolean;
  /** null: it has nothing to say. */
  gather(subject: ContextSubject, signal: AbortSignal): Promise<ContextPart | null>;
}
