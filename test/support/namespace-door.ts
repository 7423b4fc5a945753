import { spawn } from 'node:child_process';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A port of this machine's loopback that leads to a port of another network namespace's loopback. */
export interface NamespaceDoor {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  stop(): Promise<void>;
}

/** Opens the door: each connection is carried by one `nc` inside the namespace, and is refused when it is refused there. */
export async function openNamespaceDoor(namespace: string, port: number): Promise<NamespaceDoor> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    const argv = [`--net=/run/netns/${namespace}`, 'busybox', 'nc', '127.0.0.1', String(port)];
    const carrier = spawn('nsenter', argv, { stdio: ['pipe', 'pipe', 'ignore'] });
    carrier.stdin.on('error', () => socket.destroy());
    socket.on('error', () => carrier.kill('SIGKILL'));
    socket.on('close', () => {
      open.delete(socket);
      carrier.kill('SIGKILL');
    });
    socket.pipe(carrier.stdin);
    carrier.stdout.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
