import type { Redis } from 'ioredis';
import type { Finding } from '../finding.ts';
import { judgeMeasures, type Measure } from '../measures.ts';
import { sayNetworkError } from '../network-error.ts';
import { createRedisClient } from '../redis-client.ts';
import { sayUrl } from '../target.ts';
import type { ProbeOf } from './deps.ts';

/** Pings, reads INFO and judges hit_rate, used_memory, used_memory_percent, connected_clients and ping_ms; leaves no connection. */
export async function probeRedis(config: ProbeOf<'redis'>, signal: AbortSignal): Promise<Finding> {
  const target = sayUrl(config.url);
  const redis = await createRedisClient(config.url);
  const cancel = () => redis.disconnect();
  signal.addEventListener('abort', cancel, { once: true });
  let lastError: unknown = null;
  redis.on('error', (error: unknown) => {
    lastError = error;
  });
  try {
    signal.throwIfAborted(); // It may have ended while the client was loaded, when nobody listened yet.
    await redis.connect();
    return { target, ...judgeMeasures(await measure(redis), config) };
  } catch (error) {
    return { target, result: 'fail', summary: sayRedisError(lastError ?? error), evidence: {} };
  } finally {
    signal.removeEventListener('abort', cancel);
    redis.disconnect();
  }
}

async function measure(redis: Redis): Promise<Measure[]> {
  const begun = performance.now();
  await redis.ping();
  const pingMs = Math.round((performance.now() - begun) * 10) / 10;
  return [{ name: 'ping_ms', value: pingMs, unit: '' }, ...measuresOf(await redis.info())];
}

/** The measures in the text of Redis's INFO. The hit rate is that since the server's start (or CONFIG RESETSTAT). */
export function measuresOf(info: string): Measure[] {
  const fields = new Map(info.split('\r\n').map((line) => splitOnce(line)));
  const number = (name: string) => Number(fields.get(name) ?? Number.NaN);
  const lookups = number('keyspace_hits') + number('keyspace_misses');
  const limit = number('maxmemory');
  const used = number('used_memory');
  return [
    { name: 'hit_rate', value: lookups === 0 ? null : round(number('keyspace_hits') / lookups), unit: '' },
    { name: 'used_memory', value: used, unit: 'B' },
    { name: 'used_memory_percent', value: limit > 0 ? round((used / limit) * 100) : null, unit: '%' },
    { name: 'connected_clients', value: number('connected_clients'), unit: '' },
  ];
}

function splitOnce(line: string): [string, string] {
  const colon = line.indexOf(':');
  return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1)];
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function sayRedisError(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  if (message.startsWith('NOAUTH')) return 'it asks for a password, and the probe has none';
  if (message.startsWith('WRONGPASS')) return 'it refuses the password';
  if (message.startsWith('LOADING')) return 'it is still loading its data';
  if (message.startsWith('NOPERM')) return 'the account may not use PING or INFO';
  if (message.startsWith('Unknown RESP type')) return 'it does not speak Redis';
  if (message === 'Connection is closed.') return 'connection closed before an answer';
  return sayNetworkError(error);
}
