import * as z from 'zod';
import type { ContainerSelector } from '../../core/config/config.ts';
import type { DockerEngine } from '../docker.ts';
import type {
  ActionResult,
  ScaleChange,
  ScalePlan,
  ScaleResult,
  ServiceScaling,
  ServiceTarget,
  WantedCopies,
} from '../driver.ts';
import type { Once } from '../once.ts';
import { countWanted } from './copies-wanted.ts';
import type { SwarmAction } from './swarm-change.ts';
import { digestOfSpec, findServices, inspectService, replicasOf, type SwarmService } from './swarm-service.ts';

export interface SwarmScalingDeps {
  readonly host: string;
  readonly service: string;
  readonly selector: ContainerSelector;
  readonly engine: DockerEngine;
  readonly once: Once;
  readonly act: (target: ServiceTarget, action: SwarmAction) => Promise<ActionResult>;
}

/** `data` of a change of the number. */
const Numbers = z.object({ from: z.int(), to: z.int() });

/** The number of tasks of one replicated service; Swarm itself makes and ends them, and is watched until it has. */
export function createSwarmScaling(deps: SwarmScalingDeps): ServiceScaling {
  return {
    plan: (wanted) => planNumber(wanted, deps),
    change: (change, key) => setNumber(change, key, deps),
  };
}

async function planNumber(wanted: WantedCopies, deps: SwarmScalingDeps): Promise<ScalePlan> {
  const services = await findServices(deps.engine, deps.selector);
  const [found] = services;
  if (found === undefined || services.length > 1) {
    const reason =
      found === undefined ? `nothing of ${deps.service} was found` : `${deps.service} is more than one service`;
    return { from: 0, to: 0, changes: [], blockedBy: [reason], facts: {} };
  }
  const service = await inspectService(deps.engine, found.ID);
  const from = replicasOf(service.Spec);
  const facts = { id: service.ID, spec: digestOfSpec(service.Spec), replicas: String(from) };
  if (from === null) {
    const reason = `${service.Spec.Name} runs once on each node: it has no number of tasks`;
    return { from: 0, to: 0, changes: [], blockedBy: [reason], facts };
  }
  const to = countWanted(wanted, from);
  if (to < 0) return { from, to, changes: [], blockedBy: [`there cannot be ${to} tasks`], facts };
  return { from, to, changes: to === from ? [] : [changeOf(service, from, to, deps)], blockedBy: [], facts };
}

function changeOf(
  { ID, Spec }: SwarmService,
  from: number,
  to: number,
  { host, service }: SwarmScalingDeps,
): ScaleChange {
  const name = `${Spec.Name} (${ID.slice(0, 12)})`;
  const set = (count: number) => `POST /services/${ID}/update replicas=${count}`;
  const effect = `${name} gets ${to} tasks; it has ${from}`;
  return {
    kind: 'set',
    target: { host, service, id: ID, name },
    call: { call: set(to), effect, undo: set(from) },
    data: { from, to },
  };
}

async function setNumber(change: ScaleChange, key: string, deps: SwarmScalingDeps): Promise<ScaleResult> {
  const { from, to } = Numbers.parse(change.data);
  const { target } = change;
  const { outcome, summary } = await deps.once(key, target, () => deps.act(target, { kind: 'scale', replicas: to }));
  return { outcome, summary, target, undo: { to: from } };
}
