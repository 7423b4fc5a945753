import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../../src/core/config/environment.ts';
import { meansSetUp } from '../../../src/core/config/means-settings.ts';

const SMTP = {
  GIANNA_SMTP_URL: 'smtp://gianna:s%40cret@mail.company.com:587',
  GIANNA_MAIL_FROM: 'Gianna <gianna@company.com>',
};
const TWILIO = {
  TWILIO_ACCOUNT_SID: `AC${'0a'.repeat(16)}`,
  TWILIO_AUTH_TOKEN: 'twilio-token',
  TWILIO_FROM: '+15550100',
};
const PAGERDUTY = { PAGERDUTY_ROUTING_KEY: 'f'.repeat(32) };

function problemsOf(env: Record<string, string>): string[] {
  const { problems } = readEnvironment(env);
  return problems.filter(({ variable }) => !/^(SLACK|GIANNA_WEBHOOK)/.test(variable)).map(({ message }) => message);
}

describe('the environment of the means of paging', () => {
  it('sets none up when it is silent', () => {
    expect(readEnvironment({}).settings.means).toEqual({
      smtp: null,
      twilio: null,
      pagerduty: null,
      linkKeys: [],
      linkKeyFile: 'data/link-keys',
    });
    expect(problemsOf({})).toEqual([]);
    expect([...meansSetUp({})]).toEqual(['dm', 'thread', 'webhook']);
  });

  it('sets up what it names whole, and keeps every secret from being printed', () => {
    const env = { ...SMTP, ...TWILIO, ...PAGERDUTY, GIANNA_LINK_KEYS: `${'a'.repeat(32)}, ${'b'.repeat(40)}` };
    const { settings, secrets } = readEnvironment(env);

    expect(problemsOf(env)).toEqual([]);
    expect(settings.means).toMatchObject({
      smtp: { url: SMTP.GIANNA_SMTP_URL, from: 'Gianna <gianna@company.com>' },
      twilio: { from: '+15550100', apiUrl: 'https://api.twilio.com' },
      pagerduty: { apiUrl: 'https://events.pagerduty.com' },
      linkKeys: ['a'.repeat(32), 'b'.repeat(40)],
    });
    expect(secrets).toEqual(
      expect.arrayContaining(['s%40cret', 's@cret', 'twilio-token', 'f'.repeat(32), 'a'.repeat(32), 'b'.repeat(40)]),
    );
    expect([...meansSetUp(env)].sort()).toEqual(['dm', 'email', 'pagerduty', 'sms', 'thread', 'voice', 'webhook']);
  });

  it('reads secrets from files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gianna-means-'));
    writeFileSync(join(folder, 'token'), 'from-a-file\n');
    const { TWILIO_AUTH_TOKEN: _, ...rest } = TWILIO;

    const { settings } = readEnvironment({ ...rest, TWILIO_AUTH_TOKEN_FILE: join(folder, 'token') });
    rmSync(folder, { recursive: true });

    expect(settings.means.twilio?.authToken).toBe('from-a-file');
  });

  it.each([
    [{ GIANNA_SMTP_URL: SMTP.GIANNA_SMTP_URL }, 'GIANNA_SMTP_URL is set, but not GIANNA_MAIL_FROM: no pages by e-mail'],
    [{ GIANNA_MAIL_FROM: 'a@b.c' }, 'GIANNA_MAIL_FROM is set, but not GIANNA_SMTP_URL: no pages by e-mail'],
    [
      { TWILIO_FROM: '+15550100' },
      'TWILIO_FROM is set, but not TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN: no pages by SMS and voice',
    ],
  ])('refuses to start with %j: it is set by halves', (env, message) => {
    const { problems } = readEnvironment(env as Record<string, string>);

    expect(problems).toContainEqual(expect.objectContaining({ message, neededFor: 'start', severity: 'error' }));
  });

  it.each([
    [
      { ...SMTP, GIANNA_SMTP_URL: 'http://mail' },
      'GIANNA_SMTP_URL must be smtp://[user:password@]host[:port] or smtps://…',
    ],
    [{ ...SMTP, GIANNA_MAIL_FROM: 'a@b.c\r\nBcc: x@y.z' }, 'GIANNA_MAIL_FROM must be an e-mail address'],
    [{ ...TWILIO, TWILIO_ACCOUNT_SID: 'AC1' }, 'TWILIO_ACCOUNT_SID must be AC and 32 hexadecimal digits'],
    [{ ...TWILIO, TWILIO_FROM: '555-0100' }, 'TWILIO_FROM must be a phone number'],
    [{ ...TWILIO, TWILIO_API_URL: 'nowhere' }, 'TWILIO_API_URL must be a URL'],
    [{ PAGERDUTY_ROUTING_KEY: 'short' }, 'PAGERDUTY_ROUTING_KEY must be the 32 characters'],
    [{ GIANNA_LINK_KEYS: 'short' }, 'GIANNA_LINK_KEYS must be keys of at least 32 characters'],
  ])('names what is wrong with %j, without the value', (env, message) => {
    const problems = problemsOf(env as Record<string, string>);

    expect(problems).toEqual([expect.stringContaining(message)]);
    expect(problems.join()).not.toContain('555-0100');
  });
});
