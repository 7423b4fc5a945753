import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { type Dirent, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createRedisClient } from '../../src/probes/redis-client.ts';
import type { TestEngine } from './docker-engine.ts';

/** Real parts that a run could touch. */
export interface Touchable {
  readonly engine: TestEngine;
  /** Network namespaces with a firewall of their own. */
  readonly namespaces: readonly string[];
  /** Folders of files. */
  readonly trees: readonly string[];
  /** Address of a Redis. */
  readonly redis: string;
}

/** All that can be seen of them: equal before and after means that nothing was touched. */
export async function lookAtAll({ engine, namespaces, trees, redis }: Touchable) {
  const listed = await engine.docker.listContainers({ all: true });
  const containers = await Promise.all(listed.map(({ Id }) => engine.docker.getContainer(Id).inspect()));
  const rulesets = namespaces.map((name) =>
    execFileSync('nsenter', [`--net=/run/netns/${name}`, 'nft', 'list', 'ruleset'], { encoding: 'utf8' }),
  );
  return {
    containers: containers.sort((a, b) => (a.Id < b.Id ? -1 : 1)),
    images: await engine.docker.listImages({ all: true }),
    rulesets,
    files: trees.flatMap(linesOf),
    redis: await lookAtRedis(redis),
  };
}

async function lookAtRedis(url: string) {
  const client = await createRedisClient(url);
  await client.connect();
  try {
    return {
      acl: await client.call('ACL', 'LIST'),
      config: await client.call('CONFIG', 'GET', '*'),
      keys: await client.keys('*'),
    };
  } finally {
    client.disconnect();
  }
}

/** A line a file or folder: path, mode, owner, time of its last change, content. */
function linesOf(folder: string): string[] {
  const { mode, uid, gid, mtimeMs } = lstatSync(folder);
  const own = `${folder} ${mode.toString(8)} ${uid}:${gid} ${mtimeMs}`;
  const inner = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return [own, ...inner.flatMap((entry) => lineOf(folder, entry))];
}

function lineOf(folder: string, entry: Dirent): string[] {
  const path = join(folder, entry.name);
  if (entry.isDirectory()) return linesOf(path);
  const { mode, uid, gid, mtimeMs } = lstatSync(path);
  const content = entry.isFile() ? readFileSync(path) : entry.isSymbolicLink() ? readlinkSync(path) : '';
  const digest = createHash('sha256').update(content).digest('hex');
  return [`${path} ${mode.toString(8)} ${uid}:${gid} ${mtimeMs} ${digest}`];
}
