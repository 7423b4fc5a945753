import * as z from 'zod';
import { OpsError } from '../../core/errors.ts';
import { type ContainerDetails, type DockerEngine, sayEngineError } from '../docker.ts';
import type { ScaleChange, ScaleResult, ServiceTarget } from '../driver.ts';
import type { Once } from '../once.ts';
import { type CopyBody, copyBody, MADE_BY } from './copy-body.ts';

/** `data` of a change that makes a copy. */
const Added = z.object({ pattern: z.string(), name: z.string(), number: z.int(), image: z.string() });
type Added = z.infer<typeof Added>;
const Created = z.object({ Id: z.string() });

export interface AddCopyDeps {
  readonly engine: DockerEngine;
  readonly once: Once;
}

/**
 * Makes one copy, joins it to its networks and starts it, once for a key. One that cannot be started is taken away
 * again: it never ran. When an answer is lost, the mark on the container tells whether it is ours.
 */
export async function addCopy(change: ScaleChange, key: string, { engine, once }: AddCopyDeps): Promise<ScaleResult> {
  const added = Added.parse(change.data);
  const ends: ScaleResult[] = [];
  const { outcome, summary } = await once(key, change.target, async () => {
    const end = await make(change.target, added, key, engine);
    ends.push(end);
    return { outcome: end.outcome, summary: end.summary };
  });
  return ends[0] ?? { outcome, summary };
}

async function make(target: ServiceTarget, added: Added, key: string, engine: DockerEngine): Promise<ScaleResult> {
  const { name } = added;
  let body: CopyBody;
  try {
    body = copyBody(await engine.inspect(added.pattern), { ...added, madeBy: key });
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    return { outcome: 'not-done', summary: `${name} was not made: ${error.message}` };
  }
  const created = await create(name, body, key, engine);
  if (created.kind !== 'made') return { outcome: created.kind, summary: created.said };
  const copy = { ...target, id: created.id, name: `${name} (${created.id.slice(0, 12)})` };
  const why = await joinAndStart(created.id, body, engine);
  const seen = await look(created.id, engine);
  if (seen?.State.Running === true) {
    return { outcome: 'done', summary: `${copy.name} was made and started`, target: copy, undo: { without: copy.id } };
  }
  if (seen === null) {
    const summary = `${copy.name} was made; it is not known whether it runs${why === null ? '' : ` (${why})`}`;
    return { outcome: 'unknown', summary, target: copy, undo: { without: copy.id } };
  }
  if (why === null) {
    const summary = `${copy.name} was made and started, and ended at once (exit ${seen.State.ExitCode})`;
    return { outcome: 'not-done', summary, target: copy, undo: { without: copy.id } };
  }
  return takeBack(copy, why, engine);
}

type CreateEnd =
  | { readonly kind: 'made'; readonly id: string }
  | { readonly kind: 'not-done' | 'unknown'; readonly said: string };

async function create(name: string, body: CopyBody, key: string, engine: DockerEngine): Promise<CreateEnd> {
  try {
    return { kind: 'made', id: Created.parse(await engine.post('/containers/create', { name }, body.create)).Id };
  } catch (error) {
    const { statusCode, said, sent } = sayEngineError(error);
    if (statusCode !== null || !sent) return { kind: 'not-done', said: `${name} was not made (${said})` };
    const [found] = await engine.find({ name }).catch(() => []);
    const seen = found === undefined ? null : await look(found.id, engine);
    if (seen?.Config.Labels?.[MADE_BY] === key) return { kind: 'made', id: seen.Id };
    return { kind: 'unknown', said: `it is not known whether ${name} was made (${said})` };
  }
}

/** Null: both went well; else what the engine said. */
async function joinAndStart(id: string, { connect }: CopyBody, engine: DockerEngine): Promise<string | null> {
  try {
    for (const { network, endpoint } of connect) {
      await engine.post(
        `/networks/${encodeURIComponent(network)}/connect`,
        {},
        { Container: id, EndpointConfig: endpoint },
      );
    }
    await engine.start(id);
    return null;
  } catch (error) {
    return sayEngineError(error).said;
  }
}

async function takeBack(copy: ServiceTarget, why: string, engine: DockerEngine): Promise<ScaleResult> {
  const summary = `${copy.name} could not be started (${why})`;
  try {
    await engine.remove(copy.id);
    return { outcome: 'not-done', summary: `${summary}; it was taken away again` };
  } catch (error) {
    const left = `${summary}, and it is still there (${sayEngineError(error).said})`;
    return { outcome: 'not-done', summary: left, target: copy, undo: { without: copy.id } };
  }
}

async function look(id: string, engine: DockerEngine): Promise<ContainerDetails | null> {
  try {
    return await engine.inspect(id);
  } catch (error) {
    if (error instanceof OpsError) return null;
    throw error;
  }
}
