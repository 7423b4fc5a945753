/** Pages beside the policy's own steps: who they reach, and the effects that ask for them. */
import type { Means, PolicyLevel, Target } from '../core/config/config.ts';
import type { EffectChange } from '../journal/port.ts';
import type { EscalationContext } from './escalation-context.ts';
import type { EscalationState } from './escalation-state.ts';
import type { Beyond, PageRequest } from './page.ts';
import { type Names, pagesOf } from './pages.ts';
import { namesOf, type Reach, reachOf } from './targets.ts';

/** Who is reached, and the level of the policy that this is. */
export interface Reached {
  readonly level: number;
  readonly reach: Reach;
}

/** Reading the matrix needs no clock of business time. */
type ReachContext = Omit<EscalationContext, 'business'>;

const SLACK: readonly Means[] = ['dm', 'thread'];

/** The level above the one reached; the last one again when there is none. */
export function nextLevelOf(state: EscalationState, { config }: EscalationContext): number {
  return Math.min(state.level + 1, Math.max(1, config.severities[state.severity].levels.length));
}

/** Whom a level reaches now. */
export function reachOfLevel(state: EscalationState, level: number, context: ReachContext): Reached {
  const policy = context.config.severities[state.severity].levels[level - 1] ?? { afterSeconds: 0, notify: [], by: [] };
  return { level, reach: reaching(state, policy, state.policyContact, context) };
}

/**
 * One person, by Slack (`slack`) or also by the other means of the level reached. Nobody, or nobody who can be reached:
 * the thread, and channel `ops`.
 */
export function reachOfPerson(
  state: EscalationState,
  person: string | null,
  by: 'slack' | 'level',
  context: ReachContext,
): Reach {
  // in Slack, but not in oncall.yml
  if (person?.startsWith('slack:') === true)
    return { dm: [person], others: [], thread: { people: [person], targets: [] }, skipped: [], fallback: false };
  const notify: Target[] = person === null ? [] : [{ kind: 'person', name: person }];
  return reachOfTargets(state, notify, by, context);
}

/** Any targets, in the same way. */
export function reachOfTargets(
  state: EscalationState,
  notify: readonly Target[],
  by: 'slack' | 'level',
  context: ReachContext,
): Reach {
  const level = context.config.severities[state.severity].levels[Math.max(1, state.level) - 1];
  const others = by === 'level' ? (level?.by ?? []).filter((means) => !SLACK.includes(means)) : [];
  return reaching(state, { afterSeconds: 0, notify, by: [...SLACK, ...others] }, null, context);
}

/** A contact, by each address that it has. */
export function reachOfContact(state: EscalationState, name: string, context: ReachContext): Reach {
  return reaching(state, { afterSeconds: 0, notify: [], by: [] }, name, context);
}

/** The effects of a page beside the policy, and everybody whom they name. */
export function beyondPages(
  about: {
    readonly state: EscalationState;
    readonly level: number;
    readonly dueAt: number;
    readonly next: PageRequest['next'];
    readonly withoutSlack?: boolean;
  },
  beyond: Beyond,
  reach: Reach,
): { readonly names: Names; readonly effects: readonly EffectChange[] } {
  const { level, ...paging } = about;
  const effects = pagesOf({ ...paging, step: { level, round: 0 }, beyond }, reach);
  return { names: namesOf(reach), effects };
}

function reaching(
  { severity }: EscalationState,
  level: PolicyLevel,
  policyContact: string | null,
  context: ReachContext,
): Reach {
  const { config, now, means, atOnce = false } = context;
  return reachOf(level, policyContact, { oncall: config.oncall, at: now, means, severity, atOnce });
}
