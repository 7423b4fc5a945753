import { OpsError } from '../../core/errors.ts';
import type { ContainerDetails, DockerEngine, FoundContainer } from '../../hosts/docker.ts';
import { type Evidence, type Finding, rankOf } from '../finding.ts';
import { saySelector } from '../target.ts';
import type { KindDeps, ProbeOf } from './deps.ts';

const LATELY_MS = 60_000;

/** State, health and restarts of the containers that a selector names; the worst one decides. None at all is a fail. */
export async function probeDocker(config: ProbeOf<'docker'>, deps: KindDeps): Promise<Finding> {
  const engine = deps.engineOf(config.host);
  const target = saySelector(config.host, config.selector);
  const found = await engine.find(config.selector);
  const states = await Promise.all(found.map((each) => stateOf(engine, each, deps.now())));
  const [worst, ...others] = states.filter((each) => each !== null).sort((a, b) => rankOf(a.result) - rankOf(b.result));
  if (worst === undefined) return { target, result: 'fail', summary: 'no container matches', evidence: {} };
  const more = others.length === 0 ? '' : `; ${others.length + 1} containers, this is the worst`;
  return { target, ...worst, summary: `${worst.summary}${more}` };
}

/** Null when the container went away between listing and looking. */
async function stateOf(engine: DockerEngine, { id, name }: FoundContainer, now: number) {
  try {
    return judgeContainer(name, await engine.inspect(id), now);
  } catch (error) {
    if (error instanceof OpsError && error.code === 'CONTAINER_GONE') return null;
    throw error;
  }
}

/** Reads one inspection: fail when down, restarting, paused or unhealthy; warn when starting or lately crashed. */
export function judgeContainer(name: string, info: ContainerDetails, now: number): Omit<Finding, 'target'> {
  const { State: state, RestartCount: restarts } = info;
  const health = state.Health?.Status ?? 'none';
  const evidence: Evidence = {
    container: name,
    id: info.Id.slice(0, 12),
    state: state.Status,
    health,
    restarts,
    exit_code: state.Running && !state.Restarting ? null : state.ExitCode,
    out_of_memory: state.OOMKilled,
  };
  const say = (result: Finding['result'], said: string) => ({ result, summary: `${name} ${said}`, evidence });
  if (state.Restarting) return say('fail', `crash-loops: ${restarts} restarts, exit ${state.ExitCode}`);
  if (state.Paused) return say('fail', 'is paused');
  if (!state.Running) return say('fail', `does not run (${state.Status}), exit ${state.ExitCode}${outOfMemory(info)}`);
  if (health === 'unhealthy') return say('fail', `runs, but its health check fails${lastCheck(info)}`);
  const uptime = Math.max(0, now - Date.parse(state.StartedAt));
  const seconds = Math.round(uptime / 1000);
  if (restarts > 0 && uptime < LATELY_MS) return say('warn', `crashed ${restarts} times, up again for ${seconds} s`);
  if (health === 'starting') return say('warn', `is starting, up for ${seconds} s`);
  return say('ok', health === 'healthy' ? 'runs, healthy' : 'runs (it has no health check)');
}

function outOfMemory(info: ContainerDetails): string {
  return info.State.OOMKilled ? ', killed for lack of memory' : '';
}

function lastCheck(info: ContainerDetails): string {
  const last = info.State.Health?.Log.at(-1);
  return last === undefined ? '' : ` (exit ${last.ExitCode}, ${info.State.Health?.FailingStreak} in a row)`;
}
