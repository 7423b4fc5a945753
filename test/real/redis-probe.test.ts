import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Threshold } from '../../src/core/config/config.ts';
import { probeRedis } from '../../src/probes/kinds/redis.ts';
import { mayRun } from '../support/need.ts';
import { freePort, startRedis, type TestRedis, whyNoRedis } from '../support/redis.ts';

const never = new AbortController().signal;
const under = (value: number): Threshold => ({ operator: '<', value });

interface Limits {
  warn?: Record<string, Threshold>;
  fail?: Record<string, Threshold>;
}
function probe(url: string, limits: Limits = {}, signal = never) {
  const timing = { everySeconds: null, timeoutSeconds: 5 };
  return probeRedis({ kind: 'redis', url, warn: limits.warn ?? {}, fail: limits.fail ?? {}, ...timing }, signal);
}

describe.runIf(mayRun(whyNoRedis()))('a Redis probe on a real Redis', () => {
  let redis: TestRedis;
  let client: Redis;

  beforeAll(async () => {
    redis = await startRedis({ password: 'quite-secret' });
    client = new Redis(redis.port, '127.0.0.1', { password: 'quite-secret' });
  });
  afterAll(async () => {
    client?.disconnect();
    await redis?.stop();
  });
  const address = () => `redis://:quite-secret@127.0.0.1:${redis.port}`;

  it('knows no hit rate before the first look-up, and that is no alarm', async () => {
    await client.config('RESETSTAT');

    const finding = await probe(address(), { fail: { hit_rate: under(0.5) } });

    expect(finding.result).toBe('ok');
    expect(finding.summary).toContain('hit rate not known yet');
  });

  it.each([
    { hits: 9, misses: 1, result: 'ok', said: 'hit rate 0.9' },
    { hits: 6, misses: 4, result: 'warn', said: 'hit rate 0.6 (< 0.7)' },
    { hits: 1, misses: 3, result: 'fail', said: 'hit rate 0.25 (< 0.5)' },
  ])('finds $result at $hits hits and $misses misses', async ({ hits, misses, result, said }) => {
    await client.set('there', '1');
    await client.config('RESETSTAT');
    for (let hit = 0; hit < hits; hit++) await client.get('there');
    for (let miss = 0; miss < misses; miss++) await client.get('missing');

    const finding = await probe(address(), { warn: { hit_rate: under(0.7) }, fail: { hit_rate: under(0.5) } });

    expect(finding.result).toBe(result);
    expect(finding.summary).toContain(said);
    expect(finding.evidence).toMatchObject({ hit_rate: hits / (hits + misses), used_memory: expect.any(Number) });
  });

  it('leaves no connection behind', async () => {
    for (let time = 0; time < 5; time++) await probe(address());

    const list = String(await client.client('LIST'))
      .trim()
      .split('\n');
    const others = list.filter((line) => !line.includes('cmd=client'));

    await expect.poll(async () => (await probe(address())).evidence.connected_clients).toBe(2);
    expect(others.length).toBeLessThanOrEqual(1);
  });

  it.each([
    { password: '', summary: 'it asks for a password, and the probe has none' },
    { password: ':wrong@', summary: 'it refuses the password' },
  ])('says what is wrong with the password: $summary', async ({ password, summary }) => {
    const finding = await probe(`redis://${password}127.0.0.1:${redis.port}`);

    expect(finding).toMatchObject({ result: 'fail', summary });
  });

  it('never shows the password', async () => {
    const finding = await probe(address());

    expect(finding.target).toBe(`redis://127.0.0.1:${redis.port}`);
    expect(JSON.stringify(finding)).not.toContain('quite-secret');
  });

  it('says connection refused when nobody listens', async () => {
    const finding = await probe(`redis://127.0.0.1:${await freePort()}`);

    expect(finding).toMatchObject({ result: 'fail', summary: 'connection refused' });
  });

  it('ends when its time is over, also before it has begun to connect', async () => {
    const limit = new AbortController();

    const running = probe(address(), {}, limit.signal);
    limit.abort();
    const finding = await running;

    expect(finding.result).toBe('fail');
  });
});
