import { OpsError } from '../../core/errors.ts';
import { type DockerEngine, sayEngineError } from '../docker.ts';
import type { ActionResult, ScaleResult, ServiceAction, ServiceTarget } from '../driver.ts';

export interface RemoveCopyDeps {
  readonly engine: DockerEngine;
  /** The driver's own way to stop one, once for a key. */
  readonly act: (target: ServiceTarget, action: ServiceAction, key: string) => Promise<ActionResult>;
}

/** Stops a copy and takes it away. What does not stop is not taken away. */
export async function removeCopy(target: ServiceTarget, key: string, deps: RemoveCopyDeps): Promise<ScaleResult> {
  const stopped = await deps.act(target, { kind: 'stop' }, key);
  if (stopped.outcome !== 'done') return { outcome: stopped.outcome, summary: stopped.summary };
  try {
    await deps.engine.remove(target.id);
  } catch (error) {
    const { said } = sayEngineError(error);
    if (!(await isGone(target, deps.engine))) {
      const undo = stopped.undo === undefined ? {} : { undo: { action: stopped.undo } };
      return { outcome: 'not-done', summary: `${target.name} is stopped, but was not taken away (${said})`, ...undo };
    }
  }
  return { outcome: 'done', summary: `${target.name} was stopped and taken away`, undo: { by: 1 } };
}

async function isGone({ id }: ServiceTarget, engine: DockerEngine): Promise<boolean> {
  try {
    await engine.inspect(id);
    return false;
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    return error.code === 'CONTAINER_GONE';
  }
}
