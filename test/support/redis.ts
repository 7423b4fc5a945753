import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestRedis {
  readonly port: number;
  /** `redis://127.0.0.1:PORT`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** What is missing for a real Redis here, in words; null when nothing is. */
export function whyNoRedis(): string | null {
  try {
    accessSync('/usr/bin/redis-server', constants.X_OK);
    return null;
  } catch {
    return '/usr/bin/redis-server is not installed';
  }
}

/** Starts a real Redis on a free port of 127.0.0.1 and waits until it takes connections. */
export async function startRedis(options: { password?: string } = {}): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'gianna-redis-'));
  const port = await freePort();
  const argv = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  if (options.password !== undefined) argv.push('--requirepass', options.password);
  const server = spawn('redis-server', argv, { stdio: ['ignore', 'pipe', 'ignore'] });
  await listening(server);
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      const exit = new Promise<void>((resolve) => server.once('exit', () => resolve()));
      server.kill('SIGTERM');
      await exit;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function listening(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = '';
    server.stdout?.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.includes('Ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`redis-server ended with ${code}: ${seen}`)));
  });
}

/** A port of 127.0.0.1 that nobody listens on now. */
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
