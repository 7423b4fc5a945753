/**
 * When context is gathered. In: changes of incidents, and timers of those that had to wait. Out: effects of kinds
 * `context` and `diagnose` (the service's probes), in the transaction of the change.
 */
import type { ConfigSource } from '../../core/config/config.ts';
import type { Batch, EffectChange, Journal, Timer, TimerChange } from '../../journal/port.ts';
import type { BatchPart, FollowIncident } from '../change.ts';
import type { IncidentState } from '../incident-state.ts';
import { createPace } from './pace.ts';
import { type ContextReason, hasThread, isLive, reasonFor } from './reason.ts';

/** Kind of the effects, and of the timers. */
export const CONTEXT = 'context';

/** What an effect of kind `context` carries. */
export type ContextRequest = { readonly reason: ContextReason };

export interface AskContext {
  /** Adds what is asked for to the transaction that changes an incident. */
  readonly follow: FollowIncident;
  readonly timers: { readonly 'context.gather-context': (timer: Timer, now: number) => Promise<Batch | null> };
}

const PURPOSE = 'gather-context';
/** In a storm context waits this long, and one after another, so that it meets calmer times. */
const WAIT_MS = 120_000;
const APART_MS = 5_000;
const SPREAD_OVER = 60;

/** Asks for context as incidents open, rise and reopen; in a storm only P0 at once, the others later if they last. */
export function createAskContext({ journal, config }: { journal: Journal; config: ConfigSource }): AskContext {
  const pace = createPace();

  async function ask(state: IncidentState, reason: ContextReason, at: number): Promise<EffectChange[]> {
    const { id, service } = state;
    const data: ContextRequest = { reason };
    const context = { op: 'ask', key: `${CONTEXT}|${id}|${reason}|${at}`, kind: CONTEXT, incident: id, data } as const;
    if (reason === 'over') return [context];
    const probes = service === null ? [] : (config.current().services[service]?.probes ?? []);
    if (probes.length === 0 || (reason !== 'opened' && (await isDiagnosing(id)))) return [context];
    const diagnosis = { service, by: 'auto' };
    const key = `diagnose|${id}|${reason}|${at}`;
    return [context, { op: 'ask', key, kind: 'diagnose', incident: id, data: diagnosis }];
  }

  async function isDiagnosing(incident: string): Promise<boolean> {
    const states = ['wanted', 'claimed'] as const;
    return (await journal.effects({ kinds: ['diagnose'], states, incident, limit: 1 })).length > 0;
  }

  return {
    follow: async ({ before, after, at }): Promise<BatchPart> => {
      const reason = reasonFor(before, after);
      if (reason === null) return {};
      if (reason === 'over' || pace.mayGather(after.id, after.severity, at)) {
        return { effects: await ask(after, reason, at) };
      }
      return { timers: [waitFor(after.id, at)] };
    },
    timers: {
      'context.gather-context': async ({ id }, now) => {
        const row = await journal.aggregate<IncidentState>('incident', id);
        const state = row?.state ?? null;
        if (state === null || !isLive(state) || !hasThread(state) || state.context !== undefined) return null;
        const batch = { at: now, actor: 'auto' };
        if (!pace.mayGather(id, state.severity, now)) return { ...batch, timers: [waitFor(id, now)] };
        return { ...batch, effects: await ask(state, 'deferred', now) };
      },
    },
  };
}

function waitFor(incident: string, at: number): TimerChange {
  const number = Number(incident.slice('GI-'.length));
  const dueAt = at + WAIT_MS + (number % SPREAD_OVER) * APART_MS;
  return { op: 'set', kind: CONTEXT, id: incident, purpose: PURPOSE, dueAt, data: {} };
}
