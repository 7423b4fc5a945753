import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';

/** A free loopback port. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** The path of a command on this machine, or null. */
export function findCommand(name: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** Asks `condition` again and again until it gives something; fails with `what` after `withinMs`. */
export async function until<T>(
  what: string,
  condition: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  withinMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  let last: unknown = null;
  for (;;) {
    try {
      const found = await condition();
      if (found !== null && found !== undefined && found !== false) return found;
      last = null;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw new Error(`not seen within ${withinMs} ms: ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export interface Running {
  readonly child: ChildProcess;
  /** Everything it printed so far, both streams. */
  output(): string;
  /** SIGTERM, SIGKILL after `graceMs`; resolves with the exit code once it has ended. */
  stop(graceMs?: number): Promise<number | null>;
}

/** Starts a process of our own and keeps what it prints. */
export function startProcess(command: string, argv: readonly string[], options: SpawnOptions = {}): Running {
  const child = spawn(command, [...argv], { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  child.on('error', (error) => {
    printed += String(error);
  });
  return { child, output: () => printed, stop: (graceMs = 12_000) => endProcess(child, graceMs) };
}

async function endProcess(child: ChildProcess, graceMs: number): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await exit;
  clearTimeout(force);
  return child.exitCode;
}
