import { type AddressInfo, connect, createServer } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HOSTILE_WORDS } from '../support/hostile-words.ts';
import { mayRun } from '../support/need.ts';
import { freePort, startRedis, type TestRedis, whyNoRedis } from '../support/redis.ts';
import { createStepWorld, type StepWorld } from '../support/step-world.ts';

const CANARY = 'canary-0b1d55';

describe.runIf(mayRun(whyNoRedis()))('a step that sends a command to a real Redis', () => {
  let redis: TestRedis;
  let client: Redis;
  let world: StepWorld;

  beforeAll(async () => {
    redis = await startRedis({ password: CANARY });
    client = new Redis(redis.port, '127.0.0.1', { password: CANARY });
  });
  afterAll(async () => {
    client?.disconnect();
    await redis?.stop();
  });
  beforeEach(() => {
    world = createStepWorld();
    world.secrets.REDIS_PASSWORD = CANARY;
  });
  afterEach(() => world.end());
  const body = (...command: unknown[]) => ({ url: redis.url, password: { secret: 'REDIS_PASSWORD' }, command });

  it('empties a database', async () => {
    await client.set('there', '1');

    const step = await world.plan('redis', body('FLUSHDB'));
    const [outcome] = await world.carryOut(step);

    expect(step.planned).toMatchObject({ call: '["FLUSHDB"]', target: redis.url, mutates: true });
    expect(outcome).toMatchObject({ status: 'done', results: { reply: 'OK' } });
    expect(await client.dbsize()).toBe(0);
  });

  it.each([
    { command: ['CONFIG', 'GET', 'maxmemory-policy'], mutates: false, results: { reply: 'noeviction', count: 1 } },
    { command: ['DBSIZE'], mutates: false, results: { reply: 0 } },
    { command: ['MGET', 'a', 'b'], mutates: false, results: { reply: '[null,null]', count: 2 } },
    { command: ['GET', 'missing'], mutates: false, results: {} },
    { command: ['CONFIG', 'RESETSTAT'], mutates: true, results: { reply: 'OK' } },
  ])('answers $command with $results; it changes something: $mutates', async ({ command, mutates, results }) => {
    await client.flushdb();

    const step = await world.plan('redis', body(...command));
    const [outcome] = await world.carryOut(step);

    expect(step.planned.mutates).toBe(mutates);
    expect(outcome).toMatchObject({ status: 'done', results });
  });

  it('has failed when Redis refuses, and shows no secret that Redis says again', async () => {
    const step = await world.plan('redis', body('NOSUCH', { secret: 'REDIS_PASSWORD' }));
    const [outcome] = await world.carryOut(step);

    expect(outcome).toMatchObject({ status: 'failed', summary: expect.stringContaining('it refuses: ERR unknown') });
    expect(JSON.stringify([step, outcome, world.logged])).not.toContain(CANARY);
    expect(step.planned.call).toBe('["NOSUCH",${REDIS_PASSWORD}]');
  });

  it('has failed without a try when the password is wrong', async () => {
    world.secrets.REDIS_PASSWORD = 'wrong-password';

    const [outcome] = await world.run('redis', body('SET', 'x', '1'));

    expect(outcome?.status).toBe('failed');
    expect(outcome?.summary).toContain('it refuses: WRONGPASS');
    expect(await client.exists('x')).toBe(0);
  });

  it('has failed when nobody listens', async () => {
    const [outcome] = await world.run('redis', {
      url: `redis://127.0.0.1:${await freePort()}`,
      command: ['SET', 'x', '1'],
    });

    expect(outcome).toMatchObject({ status: 'failed', summary: 'SET: connection refused' });
  });

  it.each(Object.entries(HOSTILE_WORDS))('stores texts of class %s as they are', async (_, words) => {
    for (const [index, word] of words.entries()) await world.run('redis', body('HSET', 'words', String(index), word));

    expect(Object.values(await client.hgetall('words'))).toEqual(words);
    await client.del('words');
  });

  it('is unknown, and sent once, when the answer is lost', async () => {
    let got = '';
    const proxy = createServer((socket) => {
      const onward = connect(redis.port, '127.0.0.1');
      for (const end of [socket, onward]) end.on('error', () => undefined);
      onward.pipe(socket);
      socket.on('data', (data) => {
        got += data.toString();
        if (got.includes('FLUSHDB')) socket.destroy();
        else onward.write(data);
      });
      socket.on('close', () => onward.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;

    const [outcome] = await world.run('redis', { ...body('FLUSHDB'), url: `redis://127.0.0.1:${port}` });
    await new Promise((resolve) => proxy.close(resolve));

    expect(outcome).toMatchObject({ status: 'unknown', summary: expect.stringContaining('not known') });
    expect(got.split('FLUSHDB')).toHaveLength(2);
  });

  it('is unknown when the time is over', async () => {
    const [outcome] = await world.run('redis', body('BLPOP', 'missing', '0'), { timeoutMs: 300 });

    expect(outcome).toMatchObject({ status: 'unknown', summary: expect.stringContaining('no answer in time') });
  });

  it.each(['SUBSCRIBE', 'monitor', 'AUTH', '${command}'])('refuses to send %s', async (command) => {
    await expect(world.plan('redis', body(command, 'x'))).rejects.toMatchObject({ code: 'RUNBOOK_STEP' });
  });
});
