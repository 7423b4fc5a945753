import type { Severity } from '../core/config/config.ts';
import type { EffectChange, NewEvent } from '../journal/port.ts';
import type { EscalationDecision } from './decision.ts';
import type { EscalationContext } from './escalation-context.ts';
import { fireDue, startPolicy } from './escalation-decide.ts';
import type { NextStep } from './escalation-state.ts';
import type { PageRequest } from './page.ts';
import type { Skip } from './targets.ts';

/** One moment at which pages would go out, or the policy would end. */
export interface ForecastStep {
  /** Epoch ms. */
  readonly at: number;
  readonly afterSeconds: number;
  /** 1-based level; `round` 0 is the level itself, 1… its repeats. */
  readonly level: number;
  readonly round: number;
  readonly exhausted: boolean;
  /** It waited for business time. */
  readonly deferred: boolean;
  readonly pages: ReadonlyArray<Pick<PageRequest, 'means' | 'people' | 'targets'>>;
  /** What the matrix asks for and nobody gets, with the reason. */
  readonly skipped: readonly Skip[];
  /** Nobody was reachable by the level's own means. */
  readonly fallback: boolean;
}

/** What would happen to an incident that nobody touches. */
export interface Forecast {
  readonly respondBy: number;
  readonly steps: readonly ForecastStep[];
}

interface ForecastStart {
  readonly severity: Severity;
  readonly policyContact: string | null;
}

const INCIDENT = 'GI-0';
/** Four levels and a thousand repeats. */
const MOST_STEPS = 1100;

/**
 * Plays a policy from its level 0 at `context.now` to its end, by the very rules that page (escalation-decide.ts):
 * who is on call at each moment, business time, repeats, exhausted.
 */
export function forecastPages({ severity, policyContact }: ForecastStart, context: EscalationContext): Forecast {
  const beganAt = context.now;
  const start = { incident: INCIDENT, severity, policyContact, reason: 'opened', stopAfter: null } as const;
  let decided: EscalationDecision | null = startPolicy(null, start, context);
  const respondBy = decided.state.respondBy ?? beganAt;
  const steps: ForecastStep[] = [];
  let due: NextStep | null = { level: 1, round: 0, at: beganAt, deferred: false };
  while (decided !== null && due !== null && steps.length < MOST_STEPS) {
    const step = stepOf(decided, due, beganAt);
    if (step !== null) steps.push(step);
    due = decided.state.status === 'running' ? decided.state.next : null;
    decided = due === null ? null : fireDue(decided.state, { ...context, now: due.at });
  }
  return { respondBy, steps };
}

/** null: it only waits, for business time. */
function stepOf({ events, effects }: EscalationDecision, due: NextStep, beganAt: number): ForecastStep | null {
  const paged = events.find(({ type }) => type === 'escalation.paged');
  const exhausted = events.find(({ type }) => type === 'escalation.exhausted');
  const event = paged ?? exhausted;
  if (event === undefined) return null;
  return {
    at: due.at,
    afterSeconds: Math.round((due.at - beganAt) / 1000),
    level: Number(event.data.level),
    round: Number(event.data.round),
    exhausted: paged === undefined,
    deferred: due.deferred,
    pages: effects.flatMap(pageOf),
    skipped: events.flatMap(skipsOf),
    fallback: events.some(({ type }) => type === 'escalation.unreachable'),
  };
}

function pageOf(effect: EffectChange): ForecastStep['pages'] {
  if (effect.op !== 'ask') return [];
  const { means, people, targets } = effect.data as PageRequest;
  return [{ means, people, targets }];
}

function skipsOf({ type, data }: NewEvent): Skip[] {
  if (type !== 'page.skipped') return [];
  const pages = data.pages as ReadonlyArray<Omit<Skip, 'reason'>>;
  return pages.map((page) => ({ ...page, reason: data.reason as Skip['reason'] }));
}
