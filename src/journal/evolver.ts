import type { StoredEvent } from './port.ts';

/** Folds one event into the state of its aggregate; null before the first event. Pure. */
export type Evolver = (state: unknown, event: StoredEvent) => unknown;

/** By the aggregate's kind. */
export type Evolvers = Readonly<Record<string, Evolver>>;
