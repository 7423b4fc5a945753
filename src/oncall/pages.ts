import type { Means } from '../core/config/config.ts';
import type { EffectChange } from '../journal/port.ts';
import type { EscalationContext } from './escalation-context.ts';
import type { EscalationState, NextStep, Step } from './escalation-state.ts';
import { type Beyond, isBySlack, type PageRequest, pageKindOf } from './page.ts';
import { namesOf, type OtherPage, type Reach, reachOf } from './targets.ts';

/** Names in "Next: …". */
export type Names = { readonly people: readonly string[]; readonly targets: readonly string[] };

/** A page to be asked for: who it is about and when it fell due. */
export interface Paging {
  readonly state: EscalationState;
  readonly step: Step;
  readonly dueAt: number;
  readonly next: PageRequest['next'];
  /** Names the mention in its key; `everybody` when absent. */
  readonly thread?: string;
  /** What other means than Slack's carry says how to act without it. */
  readonly withoutSlack?: boolean;
  /** Absent: a step of the policy. */
  readonly beyond?: Beyond;
}

/** The effects of one step: the thread once for everybody, every other means a person each (page.ts names the keys). */
export function pagesOf(paging: Paging, reach: Reach): EffectChange[] {
  const pages: EffectChange[] = [];
  if (reach.thread !== null) pages.push(page(paging, paging.thread ?? 'everybody', 'thread', reach.thread));
  for (const person of reach.dm) pages.push(page(paging, `person:${person}`, 'dm', { people: [person], targets: [] }));
  for (const { target, means, ...names } of reach.others) pages.push(page(paging, target, means, names));
  return pages;
}

/** The broadcast when the policy is exhausted: channel `ops`, by the thread. */
export function broadcastOf(paging: Paging): EffectChange[] {
  return [page(paging, 'everybody', 'thread', { people: [], targets: ['channel:ops'] })];
}

/** Who a step to come would reach, by the schedules as they are then; null: no such step. */
export function whoIsNext(
  { config, means }: Pick<EscalationContext, 'config' | 'means'>,
  state: EscalationState,
  next: NextStep | null,
): PageRequest['next'] {
  if (next === null) return null;
  const policy = config.severities[state.severity];
  const level = policy.levels[next.level - 1];
  const exhausted = next.round > (policy.repeat?.times ?? 0);
  if (level === undefined || exhausted) return { at: next.at, people: [], targets: ['channel:ops'] };
  const reach = reachOf(level, state.policyContact, {
    oncall: config.oncall,
    at: next.at,
    means,
    severity: state.severity,
  });
  return { at: next.at, ...namesOf(reach) };
}

/** A page of the same step by another means. */
export function pageInstead(request: PageRequest, to: OtherPage, withoutSlack: boolean): EffectChange {
  const { means, target, people, targets } = to;
  const { withoutSlack: was, ...rest } = request;
  const isWithout = (withoutSlack || was === true) && !isBySlack(means);
  return asked({ ...rest, means, people, targets, ...(isWithout ? { withoutSlack: true } : {}) }, target);
}

function page(
  { state, step, dueAt, next, withoutSlack, beyond }: Paging,
  target: string,
  means: Means,
  names: Names,
): EffectChange {
  const data: PageRequest = {
    incident: state.incident,
    severity: state.severity,
    cycle: state.cycle,
    level: step.level,
    round: step.round,
    means,
    people: names.people,
    targets: names.targets,
    dueAt,
    next,
    ...(beyond === undefined ? {} : { beyond }),
    ...(state.drill === true ? { drill: true as const } : {}),
    ...(withoutSlack === true && !isBySlack(means) ? { withoutSlack } : {}),
  };
  return asked(data, target);
}

function asked(data: PageRequest, target: string): EffectChange {
  const { incident, cycle, level, round, means, beyond } = data;
  const place = beyond === undefined ? [level, round] : [beyond.why, beyond.number];
  const key = ['page', incident, cycle, ...place, target, means].join('|');
  return { op: 'ask', key, kind: pageKindOf(means), incident, data };
}
