import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface MeddlingProxy {
  /** The Unix socket to connect to. */
  readonly socket: string;
  stop(): Promise<void>;
}

/** Stands before a Unix socket. Before a connection whose first bytes begin with `method` is passed on, `meddle` is done. */
export async function startMeddlingProxy(
  upstream: string,
  method: string,
  meddle: () => Promise<void>,
): Promise<MeddlingProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'gianna-proxy-'));
  const socket = join(folder, 'proxy.sock');
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(upstream);
    for (const side of [near, far]) {
      open.add(side);
      side.on('error', () => {});
      side.once('close', () => open.delete(side));
    }
    far.pipe(near);
    near.once('data', (first: Buffer) => {
      near.pause();
      const pass = () => {
        far.write(first);
        near.pipe(far);
      };
      if (first.toString('latin1').startsWith(method)) meddle().then(pass, () => near.destroy());
      else pass();
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const side of open) side.destroy();
      await closed;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
