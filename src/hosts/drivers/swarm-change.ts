import type { ActionResult, ServiceAction } from '../driver.ts';
import {
  forceOf,
  replicasOf,
  type SwarmService,
  type SwarmSpec,
  withForcedUpdate,
  withReplicas,
} from './swarm-service.ts';

/** What is done to a service: an action, or another number of tasks. */
export type SwarmAction = ServiceAction | { readonly kind: 'scale'; readonly replicas: number };

/** What a service is to become. */
export interface SwarmChange {
  readonly kind: SwarmAction['kind'];
  readonly spec: SwarmSpec;
  /** Tasks that it had before; null: it is not a replicated service. */
  readonly replicas: number | null;
}

/** The change of one action, or the answer when there is nothing to change or no way to. */
export function planChange(name: string, action: SwarmAction, service: SwarmService): SwarmChange | ActionResult {
  const { Spec, PreviousSpec } = service;
  const replicas = replicasOf(Spec);
  if (action.kind === 'restart') {
    if (isJob(Spec)) return notDone(`${name} is a job; it is not restarted`);
    if (replicas === 0) return notDone(`${name} was not restarted: it is stopped, and needs a start`);
    return { kind: 'restart', spec: withForcedUpdate(Spec), replicas };
  }
  if (action.kind === 'scale') {
    if (replicas === null) return notDone(`${name} runs once on each node: it has no number of tasks`);
    if (replicas === action.replicas) return { outcome: 'done', summary: `${name} had ${replicas} already` };
    return { kind: 'scale', spec: withReplicas(Spec, action.replicas), replicas };
  }
  if (replicas === null) return notDone(`${name} is not a replicated service: it cannot be started or stopped`);
  if (action.kind === 'stop') {
    if (replicas === 0) return { outcome: 'done', summary: `${name} was stopped already; nothing was done` };
    return { kind: 'stop', spec: withReplicas(Spec, 0), replicas };
  }
  if (replicas > 0) return { outcome: 'done', summary: `${name} ran already, with ${replicas}; nothing was done` };
  const last = PreviousSpec === null || PreviousSpec === undefined ? null : replicasOf(PreviousSpec);
  const wanted = action.replicas ?? (last === null || last === 0 ? 1 : last);
  return { kind: 'start', spec: withReplicas(Spec, wanted), replicas };
}

/** Whether a service is what the change wanted it to be. */
export function isChanged({ kind, spec }: SwarmChange, now: SwarmSpec): boolean {
  return kind === 'restart' ? forceOf(now) === forceOf(spec) : replicasOf(now) === replicasOf(spec);
}

function isJob({ Mode }: SwarmSpec): boolean {
  return Mode !== undefined && ('ReplicatedJob' in Mode || 'GlobalJob' in Mode);
}

function notDone(summary: string): ActionResult {
  return { outcome: 'not-done', summary };
}
