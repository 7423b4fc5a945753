import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface CuttingProxy {
  /** The Unix socket to connect to. */
  readonly socket: string;
  cuts(): number;
  stop(): Promise<void>;
}

/**
 * Stands before a Unix socket. A connection whose first bytes begin with `method` is passed on, and cut on both sides
 * half a second later; every other one goes through.
 */
export async function startCuttingProxy(upstream: string, method: string): Promise<CuttingProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'gianna-proxy-'));
  const socket = join(folder, 'proxy.sock');
  const open = new Set<Socket>();
  let cuts = 0;
  const server = createServer((near) => {
    const far = connect(upstream);
    for (const side of [near, far]) {
      open.add(side);
      side.on('error', () => {});
      side.once('close', () => open.delete(side));
    }
    near.once('data', (first: Buffer) => {
      if (!first.toString('latin1').startsWith(method)) return;
      cuts++;
      setTimeout(() => {
        near.destroy();
        far.destroy();
      }, 500);
    });
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    cuts: () => cuts,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const side of open) side.destroy();
      await closed;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
