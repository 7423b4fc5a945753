import * as z from 'zod';
import type { JsonObject } from '../../core/json.ts';
import type { NewEvent } from '../../journal/port.ts';
import { SKIPS } from './remediation-state.ts';

/** What a run came to, as a rule counts it; `refused`: it never began, which is no miss. */
export const JUDGEMENTS = ['fixed', 'no-effect', 'worse', 'none', 'interrupted', 'refused'] as const;
export type RunJudgement = (typeof JUDGEMENTS)[number];

/** Data of the events of a rule, version 1, by type. */
export const REMEDIATION_EVENTS = {
  /** Durable before the engine is asked, so that a restart asks for the same run and no other. */
  'remediation.asked': z.object({
    n: z.number(),
    incident: z.string(),
    service: z.string().nullable(),
    runbook: z.string(),
  }),
  'remediation.started': z.object({ n: z.number(), incident: z.string(), run: z.string() }),
  /** The engine did not take it. `why`: digest. */
  'remediation.refused': z.object({ n: z.number(), incident: z.string(), code: z.string(), why: z.string() }),
  /** Once for an incident and a reason. `why`: digest of words. */
  'remediation.skipped': z.object({ incident: z.string(), skip: z.enum(SKIPS), why: z.string() }),
  'remediation.judged': z.object({
    n: z.number(),
    incident: z.string(),
    run: z.string(),
    verdict: z.enum(JUDGEMENTS),
    misses: z.number(),
  }),
  /** It switched itself off. `as`: digest of the rule. */
  'remediation.off': z.object({ misses: z.number(), as: z.string() }),
  'remediation.on': z.object({ by: z.enum(['person', 'config']) }),
} as const;

type Schemas = typeof REMEDIATION_EVENTS;
export type RemediationEventType = keyof Schemas;
export type RemediationEvent = {
  [T in RemediationEventType]: { readonly type: T; readonly v: 1; readonly data: z.infer<Schemas[T]> };
}[RemediationEventType];

/** Makes an event of the current shape. */
export function remediationEvent<T extends RemediationEventType>(type: T, data: z.infer<Schemas[T]>): RemediationEvent {
  return { type, v: 1, data } as RemediationEvent;
}

/** Reads an event of a rule; throws when it is none, or of another shape. */
export function readRemediationEvent({
  type,
  data,
}: {
  readonly type: string;
  readonly data: JsonObject;
}): RemediationEvent {
  const schema = Object.hasOwn(REMEDIATION_EVENTS, type) ? REMEDIATION_EVENTS[type as RemediationEventType] : null;
  if (schema === null) throw new Error(`${type} is no event of remediation`);
  return { type, v: 1, data: schema.parse(data) } as RemediationEvent;
}

/** The same events as the journal takes them. */
export function asNewRemediationEvents(events: readonly RemediationEvent[]): NewEvent[] {
  return events.map(({ type, v, data }) => ({ type, v, data: data as JsonObject }));
}
