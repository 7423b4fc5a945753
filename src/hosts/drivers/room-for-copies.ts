import * as z from 'zod';
import type { ContainerDetails, DockerEngine } from '../docker.ts';
import { readAnswer } from '../docker-answer.ts';

const MIB = 1024 * 1024;
/** Of `GET /containers/<id>/stats`, as far as it is used. */
const Stats = z.object({ memory_stats: z.object({ usage: z.number().optional() }).optional() });

/**
 * Why a host cannot carry so many copies more: each is counted with its memory limit, or with what the pattern uses now
 * when it has none. Null: it can, or nobody can tell how much memory is left.
 */
export async function whyNoRoom(
  pattern: ContainerDetails,
  count: number,
  {
    engine,
    memoryAvailable,
  }: { readonly engine: DockerEngine; readonly memoryAvailable: () => Promise<number | null> },
): Promise<string | null> {
  if (count === 0) return null;
  const available = await memoryAvailable();
  if (available === null) return null;
  const limit = pattern.HostConfig.Memory ?? 0;
  const each = limit > 0 ? limit : await usageOf(engine, pattern);
  if (each * count <= available) return null;
  const how = limit > 0 ? `their limit is ${mib(each)} each` : `one uses ${mib(each)} now`;
  return `the host has ${mib(available)} of memory left, and ${count} more need ${mib(each * count)} (${how})`;
}

async function usageOf(engine: DockerEngine, { Id, State }: ContainerDetails): Promise<number> {
  if (!State.Running) return 0;
  const answer = await engine.get(`/containers/${Id}/stats`, { stream: false, 'one-shot': true });
  return readAnswer(Stats, answer).memory_stats?.usage ?? 0;
}

function mib(bytes: number): string {
  return `${Math.round(bytes / MIB)} MiB`;
}
