import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readEnvironment } from '../../../src/core/config/environment.ts';

const COMPLETE = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', GIANNA_WEBHOOK_TOKEN: 'hook-token' };
const folder = mkdtempSync(join(tmpdir(), 'gianna-env-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('reading the environment', () => {
  it('takes the defaults of the contract', () => {
    const { settings, problems } = readEnvironment(COMPLETE);

    expect(problems).toEqual([]);
    expect(settings).toEqual({
      configDir: 'config',
      databaseUrl: 'sqlite:data/gianna-ops.db',
      databaseFile: 'data/gianna-ops.db',
      http: { host: '127.0.0.1', port: 8080 },
      publicUrl: null,
      means: { smtp: null, twilio: null, pagerduty: null, linkKeys: [], linkKeyFile: 'data/link-keys' },
      webhookTokens: ['hook-token'],
      slack: { botToken: 'xoxb-1', appToken: 'xapp-1', signingSecret: null, apiUrl: null },
      sshAgent: null,
      cliToken: null,
      socketPath: 'data/gianna-ops.sock',
      deadmanUrl: null,
      logLevel: 'info',
    });
  });

  it('takes the address of the sign of life as it is written, as a secret, also from a file', () => {
    const file = join(folder, 'deadman');
    writeFileSync(file, 'https://watch.example.com/ping/4f6d/\n');

    const { settings, secrets, problems } = readEnvironment({ ...COMPLETE, GIANNA_DEADMAN_URL_FILE: file });

    expect(settings.deadmanUrl).toBe('https://watch.example.com/ping/4f6d/');
    expect(secrets).toContain('https://watch.example.com/ping/4f6d/');
    expect(problems).toEqual([]);
  });

  it('refuses an address of the sign of life that is none, without printing it', () => {
    const { settings, problems } = readEnvironment({ ...COMPLETE, GIANNA_DEADMAN_URL: 'ftp://nobody-may-see' });

    expect(settings.deadmanUrl).toBeNull();
    expect(problems).toMatchObject([{ variable: 'GIANNA_DEADMAN_URL', severity: 'error' }]);
    expect(JSON.stringify(problems)).not.toContain('nobody-may-see');
  });

  it('says each thing that is missing, and what to do, one a line', () => {
    const { problems } = readEnvironment({});

    expect(problems.map(({ variable, neededFor, severity }) => [variable, neededFor, severity])).toEqual([
      ['SLACK_BOT_TOKEN', 'start', 'error'],
      ['SLACK_APP_TOKEN', 'start', 'error'],
      ['GIANNA_WEBHOOK_TOKEN', 'start', 'warning'],
    ]);
    for (const { message, remedy } of problems) expect(message + remedy).not.toContain('\n');
  });

  it.each(['127.0.0.1', 'localhost', '::1', '127.8.0.1'])('only warns without a webhook token on %s', (host) => {
    const { problems } = readEnvironment({ ...COMPLETE, GIANNA_WEBHOOK_TOKEN: '', GIANNA_HTTP_HOST: host });

    expect(problems.map(({ severity }) => severity)).toEqual(['warning']);
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', 'example.com', '127.0.0.1.example.com'])(
    'refuses to start without a webhook token on %s',
    (host) => {
      const { problems } = readEnvironment({ ...COMPLETE, GIANNA_WEBHOOK_TOKEN: '', GIANNA_HTTP_HOST: host });

      expect(problems.map(({ severity, neededFor }) => [severity, neededFor])).toEqual([['error', 'start']]);
    },
  );

  it('reads secrets from files too, and knows each for redaction', () => {
    const file = join(folder, 'token');
    writeFileSync(file, 'xoxb-from-file\n');

    const { settings, secrets } = readEnvironment({
      SLACK_BOT_TOKEN_FILE: file,
      SLACK_SIGNING_SECRET: 'signing',
      GIANNA_WEBHOOK_TOKEN: 'old-token, new-token',
    });

    expect(settings.slack).toMatchObject({ botToken: 'xoxb-from-file', signingSecret: 'signing', appToken: null });
    expect(settings.webhookTokens).toEqual(['old-token', 'new-token']);
    expect(secrets).toEqual(expect.arrayContaining(['xoxb-from-file', 'signing', 'old-token', 'new-token']));
  });

  it('says which file of a secret cannot be read', () => {
    const { problems } = readEnvironment({ ...COMPLETE, SLACK_APP_TOKEN: '', SLACK_APP_TOKEN_FILE: '/nonexistent' });

    expect(problems[0]).toMatchObject({ variable: 'SLACK_APP_TOKEN_FILE', severity: 'error' });
    expect(problems[0]?.message).toContain('ENOENT');
    expect(problems.filter(({ severity }) => severity === 'error')).toHaveLength(1);
  });

  it.each([
    ['sqlite:/var/lib/ops.db', '/var/lib/ops.db', '/var/lib/gianna-ops.sock'],
    ['sqlite:///var/lib/ops.db', '/var/lib/ops.db', '/var/lib/gianna-ops.sock'],
    ['sqlite:ops.db', 'ops.db', 'gianna-ops.sock'],
  ])('puts the socket beside the database %s', (url, file, socket) => {
    const { settings } = readEnvironment({ ...COMPLETE, GIANNA_DATABASE_URL: url });

    expect(settings.databaseFile).toBe(file);
    expect(settings.socketPath).toBe(socket);
  });

  it.each([
    ['GIANNA_DATABASE_URL', 'postgres://x'],
    ['GIANNA_HTTP_PORT', '80800'],
    ['GIANNA_HTTP_PORT', 'http'],
    ['GIANNA_PUBLIC_URL', 'ops.example.com'],
    ['SLACK_API_URL', 'http://127.0.0.1:9000/'],
    ['GIANNA_LOG_LEVEL', 'loud'],
  ])('says that %s=%s cannot be used', (variable, value) => {
    const { problems } = readEnvironment({ ...COMPLETE, [variable]: value });

    expect(problems).toMatchObject([{ variable, severity: 'error', neededFor: 'everything' }]);
  });

  it('takes an API URL with or without its last slash', () => {
    const read = (url: string) => readEnvironment({ ...COMPLETE, SLACK_API_URL: url }).settings.slack.apiUrl;

    expect([read('http://127.0.0.1:1/api/'), read('http://127.0.0.1:1/api')]).toEqual([
      'http://127.0.0.1:1/api/',
      'http://127.0.0.1:1/api/',
    ]);
  });
});
