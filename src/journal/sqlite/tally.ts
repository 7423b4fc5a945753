import type { StoredEvent } from '../port.ts';

/** What one transaction changed, gathered while it runs and published after its commit. */
export interface Tally {
  people: number;
  urgent: number;
  machines: number;
  /** Bytes of bodies that wait, of every lane. */
  bytes: number;
  parked: number;
  inbox: boolean;
  /** A row of a lane that does not wait for the others came, or came back, whatever was dealt with beside it. */
  isCalled: boolean;
  timers: boolean;
  effects: boolean;
  conflicts: number;
  events: StoredEvent[];
}

/** Nothing changed yet. */
export function emptyTally(): Tally {
  return {
    people: 0,
    urgent: 0,
    machines: 0,
    bytes: 0,
    parked: 0,
    inbox: false,
    isCalled: false,
    timers: false,
    effects: false,
    conflicts: 0,
    events: [],
  };
}

/** Adds a part to the whole. */
export function addTally(whole: Tally, part: Tally): void {
  whole.people += part.people;
  whole.urgent += part.urgent;
  whole.machines += part.machines;
  whole.bytes += part.bytes;
  whole.parked += part.parked;
  whole.conflicts += part.conflicts;
  whole.inbox ||= part.inbox;
  whole.isCalled ||= part.isCalled;
  whole.timers ||= part.timers;
  whole.effects ||= part.effects;
  for (const event of part.events) whole.events.push(event);
}
