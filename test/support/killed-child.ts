import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';

/** A program of test/support as one file, in a folder of its own, started to be killed. */
export interface KilledChild {
  readonly folder: string;
  /** Starts it, waits for a line that begins with `after`, then for `laterMs`, and kills it (-9). */
  kill(argv: readonly string[], strike: { readonly after: string; readonly laterMs: number }): Promise<void>;
  /** Starts it and gives the line of JSON that it prints before it ends. */
  settle(argv: readonly string[]): Promise<unknown>;
  remove(): void;
}

/** Builds `test/support/<name>.ts`; one file starts in half the time of many. */
export async function buildKilledChild(name: string): Promise<KilledChild> {
  const folder = mkdtempSync(join(tmpdir(), 'gianna-killed-'));
  const program = join(folder, 'child.mjs');
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  await build({
    entryPoints: [`test/support/${name}.ts`],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['better-sqlite3', 'ssh2', 'cpu-features', 'pg-native'],
    banner: {
      js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
    },
  });
  const start = (argv: readonly string[]) =>
    spawn(process.execPath, [program, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] });
  return {
    folder,
    kill: async (argv, { after, laterMs }) => {
      const child = start(argv);
      await lineOf(child, after);
      await sleep(laterMs);
      const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGKILL');
      await exit;
    },
    settle: async (argv) => JSON.parse(await lineOf(start(argv), '[')) as unknown,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** How often each line stands in a file; none, when there is no file. */
export function countLines(file: string): Map<string, number> {
  const counts = new Map<string, number>();
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

function lineOf(child: ChildProcess, wanted: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      const line = seen.split('\n').find((each) => each.startsWith(wanted));
      if (line !== undefined && seen.endsWith('\n')) resolve(line);
    });
    child.once('exit', (code) => reject(new Error(`the child ended with ${code} before "${wanted}": ${seen}`)));
  });
}
