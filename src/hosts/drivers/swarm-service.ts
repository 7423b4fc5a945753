import * as z from 'zod';
import type { ContainerSelector } from '../../core/config/config.ts';
import { OpsError, refuse } from '../../core/errors.ts';
import { canonicalJson } from '../../core/json.ts';
import { sha256 } from '../digest.ts';
import type { DockerEngine } from '../docker.ts';
import { readAnswer } from '../docker-answer.ts';

/** A specification is sent back whole: keys that are not known here must stay in it. */
const Spec = z.looseObject({
  Name: z.string(),
  TaskTemplate: z.looseObject({
    ForceUpdate: z.int().optional(),
    ContainerSpec: z
      .looseObject({
        Image: z.string().optional(),
        TTY: z.boolean().optional(),
        StopGracePeriod: z.number().optional(),
      })
      .optional(),
  }),
  Mode: z.looseObject({ Replicated: z.looseObject({ Replicas: z.int().optional() }).optional() }).optional(),
});
export type SwarmSpec = z.infer<typeof Spec>;

/** `GET /services/<id>`, as far as it is used. */
const Service = z.object({
  ID: z.string(),
  /** What an update must name: it is refused when another one came between. */
  Version: z.object({ Index: z.int() }),
  Spec,
  PreviousSpec: Spec.nullish(),
  UpdateStatus: z.object({ State: z.string().optional(), Message: z.string().optional() }).nullish(),
});
export type SwarmService = z.infer<typeof Service>;

/** `GET /tasks`: one container each, also those that have ended. */
const Task = z.object({
  ID: z.string(),
  DesiredState: z.string(),
  Spec: z.object({ ForceUpdate: z.int().optional() }),
  Status: z.object({
    Timestamp: z.string(),
    State: z.string(),
    Err: z.string().optional(),
    ContainerStatus: z.object({ ExitCode: z.int().optional() }).nullish(),
  }),
});
export type SwarmTask = z.infer<typeof Task>;

const NOT_ENDED = ['new', 'allocated', 'pending', 'assigned', 'accepted', 'preparing', 'ready', 'starting', 'running'];

/** Services that the selector names exactly, sorted by name. */
export async function findServices(engine: DockerEngine, selector: ContainerSelector): Promise<SwarmService[]> {
  const filters = Object.fromEntries(Object.entries(selector).map(([key, value]) => [key, [value]]));
  const answer = await asked('', () => engine.get('/services', { filters }));
  return readAnswer(z.array(Service), answer)
    .filter(({ Spec: { Name } }) => !('name' in selector) || Name === selector.name)
    .sort((one, other) => (one.Spec.Name < other.Spec.Name ? -1 : 1));
}

/** Refused (`SERVICE_GONE`) when no service has this id. */
export async function inspectService(engine: DockerEngine, id: string): Promise<SwarmService> {
  return readAnswer(Service, await asked(id, () => engine.get(`/services/${id}`)));
}

export async function tasksOf(engine: DockerEngine, id: string): Promise<SwarmTask[]> {
  const answer = await asked(id, () => engine.get('/tasks', { filters: { service: [id] } }));
  return readAnswer(z.array(Task), answer);
}

/** How many tasks it is set to; null: not a replicated service. */
export function replicasOf({ Mode }: SwarmSpec): number | null {
  return Mode?.Replicated === undefined ? null : (Mode.Replicated.Replicas ?? 1);
}

/** The specification with another number of tasks. */
export function withReplicas(spec: SwarmSpec, replicas: number): SwarmSpec {
  return { ...spec, Mode: { Replicated: { ...spec.Mode?.Replicated, Replicas: replicas } } };
}

/** The specification that makes Swarm replace every task, although nothing else of it changes. */
export function withForcedUpdate(spec: SwarmSpec): SwarmSpec {
  return { ...spec, TaskTemplate: { ...spec.TaskTemplate, ForceUpdate: forceOf(spec) + 1 } };
}

export function forceOf({ TaskTemplate }: SwarmSpec): number {
  return TaskTemplate.ForceUpdate ?? 0;
}

/** A digest that a restart, a start and a stop of ours leave as it is. */
export function digestOfSpec(spec: SwarmSpec): string {
  const { ForceUpdate: _force, ...template } = spec.TaskTemplate;
  const mode = replicasOf(spec) === null ? spec.Mode : withReplicas(spec, 0).Mode;
  return sha256(canonicalJson({ ...spec, TaskTemplate: template, Mode: mode }));
}

/** Whether a task is there or on its way. */
export function isLive({ Status }: SwarmTask): boolean {
  return NOT_ENDED.includes(Status.State);
}

/** Whether a task runs, and is meant to. A task with a health check gets here only once it is healthy. */
export function isUp({ DesiredState, Status }: SwarmTask): boolean {
  return DesiredState === 'running' && Status.State === 'running';
}

export function hasFailed({ Status }: SwarmTask): boolean {
  return Status.State === 'failed' || Status.State === 'rejected';
}

/** The failed task that ended last. */
export function lastFailure(tasks: readonly SwarmTask[]): SwarmTask | undefined {
  const failed = tasks.filter(hasFailed);
  return failed.sort((one, other) => (one.Status.Timestamp < other.Status.Timestamp ? 1 : -1))[0];
}

async function asked(id: string, ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    if (error.code === 'CONTAINER_GONE') {
      throw refuse('SERVICE_GONE', `The Swarm service ${id} is gone.`, 'Plan again: it may have been created anew.');
    }
    const { cause } = error;
    if (!(cause instanceof Error && 'statusCode' in cause && cause.statusCode === 503)) throw error;
    throw refuse(
      'SWARM_NO_MANAGER',
      `The Docker Engine does not manage a Swarm: ${error.message}`,
      'Name the host of a manager node in hosts.yml, or wait until the Swarm has a leader again.',
    );
  }
}
