import * as z from 'zod';
import { RISKS } from '../../core/config/config.ts';
import type { JsonObject } from '../../core/json.ts';
import type { NewEvent } from '../../journal/port.ts';
import { LEASE_ENDS } from './lease-state.ts';

const Digest = z.string();
const Moment = z.number();

/** Data of the events of a lease, version 1, by type. Who and when are the stored event's `actor` and `at`. */
export const LEASE_EVENTS = {
  'lease.taken': z.object({
    run: z.string(),
    runbook: z.string(),
    risk: z.enum(RISKS),
    step: z.string(),
    service: z.string().nullable(),
    hosts: z.array(z.string()),
    what: Digest,
    until: Moment,
    limit: Moment,
  }),
  /** People were told that it ends soon. */
  'lease.announced': z.object({ until: Moment }),
  'lease.renewed': z.object({ until: Moment }),
  /** What it holds was gone from a host (a reboot), and was put back. `summary`: digest. */
  'lease.kept': z.object({ host: z.string(), summary: Digest }),
  /** It comes to its end. `lateSeconds`: its time had passed for so long, because the bot was away; null: it is not late. */
  'lease.ending': z.object({ how: z.enum(LEASE_ENDS), lateSeconds: z.number().nullable() }),
  /** The engine took the undo and carries it out. */
  'lease.reverting': z.object({}),
  /** Another run holds the target; asked again until it is free, said once. `holder`: digest. */
  'lease.busy': z.object({ holder: Digest }),
  /** The engine is asked once more. */
  'lease.asked-again': z.object({}),
  /** A reversal failed and is tried again. */
  'lease.undo-failed': z.object({ tries: z.number(), summary: Digest }),
  'lease.ended': z.object({ how: z.enum(LEASE_ENDS), proved: z.boolean(), summary: Digest }),
  /** Not reverted: no further try is made of itself. */
  'lease.failed': z.object({ tries: z.number(), summary: Digest }),
} as const;

type Schemas = typeof LEASE_EVENTS;
export type LeaseEventType = keyof Schemas;
export type LeaseEvent = {
  [T in LeaseEventType]: { readonly type: T; readonly v: 1; readonly data: z.infer<Schemas[T]> };
}[LeaseEventType];

/** Who made an event of which lease happen, when, and about which incident. */
export interface LeaseStamp {
  readonly id: string;
  readonly at: number;
  readonly actor: string;
  readonly incident: string | null;
}

/** Makes an event of the current shape. */
export function leaseEvent<T extends LeaseEventType>(type: T, data: z.infer<Schemas[T]>): LeaseEvent {
  return { type, v: 1, data } as LeaseEvent;
}

/** Reads an event of a lease; throws when it is none, or of another shape. */
export function readLeaseEvent({ type, data }: { readonly type: string; readonly data: JsonObject }): LeaseEvent {
  const schema = Object.hasOwn(LEASE_EVENTS, type) ? LEASE_EVENTS[type as LeaseEventType] : null;
  if (schema === null) throw new Error(`${type} is no event of a lease`);
  return { type, v: 1, data: schema.parse(data) } as LeaseEvent;
}

/** The same events as the journal takes them. */
export function asNewLeaseEvents(events: readonly LeaseEvent[]): NewEvent[] {
  return events.map(({ type, v, data }) => ({ type, v, data: data as JsonObject }));
}
