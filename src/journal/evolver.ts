import type { StoredEvent } from './port.ts';

/**
 * Folds one event into the state of its aggregate; null before the first event. Pure. The owner's own state type
 * stands in for `never`: `(state: IncidentState | null, event) => IncidentState`.
 */
export type Evolver = (state: never, event: StoredEvent) => object;

/** By the aggregate's kind. */
export type Evolvers = Readonly<Record<string, Evolver>>;
