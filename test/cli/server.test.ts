import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningBot, startRunningBot } from './running-bot.ts';

describe('the Unix socket', () => {
  let bot: RunningBot;
  beforeEach(async () => {
    bot = await startRunningBot();
  });
  afterEach(() => bot.stop());

  it('is for its own user alone', () => {
    expect(statSync(bot.path).mode & 0o777).toBe(0o600);
  });

  it('is not taken from a living bot', async () => {
    const second = await startRunningBot();
    await second.server.close();

    const taking = (await import('../../src/cli/server.ts')).createCliServer({
      path: bot.path,
      api: {} as never,
      logger: (await import('../support/journal.ts')).silentLogger,
      now: () => 0,
    });

    await expect(taking.listen()).rejects.toMatchObject({ code: 'SOCKET_IN_USE' });
    await second.stop();
  });

  it.each([
    ['an unknown request', 'nonsense', '{}'],
    ['a verb that the CLI has not', 'submit', '{"verb":"approve"}'],
    ['another caller than local', 'submit', '{"verb":"ack","incident":"GI-1; rm","by":"slack:U1"}'],
    ['what is no JSON', 'incidents', '{'],
  ])('refuses %s', async (_name, route, body) => {
    const { status, text } = await post(bot.path, route, body);

    expect(status).toBe(409);
    expect(JSON.parse(text)).toMatchObject({ error: { reference: expect.any(String) } });
    expect(bot.commands).toEqual([]);
  });

  it('keeps the caller local whatever it says', async () => {
    await post(bot.path, 'submit', '{"verb":"ack","incident":"GI-1","by":"slack:U1","via":"button"}');

    expect(bot.commands).toMatchObject([{ by: 'local', via: 'cli' }]);
  });

  it('refuses a body over a megabyte', async () => {
    const { status, text } = await post(bot.path, 'incidents', JSON.stringify({ filler: 'x'.repeat(1024 * 1024) }));

    expect([status, JSON.parse(text).error.code]).toEqual([409, 'BODY_TOO_LARGE']);
  });
});

describe('a socket path', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gianna-socket-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('left by a dead process is taken over', async () => {
    const bot = await startRunningBot();
    const { path } = bot;
    await bot.server.close();
    const code = `require('node:net').createServer().listen(${JSON.stringify(path)},()=>process.stdout.write('up'))`;
    const dead = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(dead.stdout, 'data');
    dead.kill('SIGKILL');
    await once(dead, 'exit');

    await expect(bot.server.listen()).resolves.toBeUndefined();

    await bot.stop();
  });

  it('that is a file is not touched', async () => {
    const bot = await startRunningBot();
    await bot.server.close();
    writeFileSync(bot.path, 'precious');

    await expect(bot.server.listen()).rejects.toMatchObject({ code: 'SOCKET_PATH_TAKEN' });

    await bot.stop();
  });
});

function post(socketPath: string, route: string, body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path: `/v1/${route}`, method: 'POST', agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    call.on('error', reject);
    call.end(body);
  });
}
