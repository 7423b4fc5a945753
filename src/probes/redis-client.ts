import type { Redis } from 'ioredis';

/** A client for one use: it asks, and neither reconnects, queues nor repeats. Not connected yet; loaded at the first use. */
export async function createRedisClient(url: string, options: { readonly password?: string } = {}): Promise<Redis> {
  // In the bundle a CommonJS package has its default export alone; in node it has both.
  const { default: ioredis } = await import('ioredis');
  return new ioredis.Redis(url, {
    ...options,
    lazyConnect: true,
    retryStrategy: () => null,
    reconnectOnError: () => false,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    autoResendUnfulfilledCommands: false,
    disableClientInfo: true,
  });
}
