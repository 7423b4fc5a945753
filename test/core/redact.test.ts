import { describe, expect, it } from 'vitest';
import { createSecretRegister } from '../../src/core/logger.ts';
import { createRedact } from '../../src/core/redact.ts';

const CANARY = 'c4n4ry';
const secrets = createSecretRegister();
secrets.add('registered-value');
const redact = createRedact(secrets);

describe('redaction', () => {
  it('hides registered values wherever they stand', () => {
    expect(redact('x=registered-value, registered-value!')).not.toContain('registered-value');
  });

  it.each([
    `Authorization: Bearer ${CANARY}`,
    `authorization: Basic ${CANARY}`,
    `"Authorization":"Bearer ${CANARY}"`,
    `{\\"authorization\\":\\"Bearer ${CANARY}\\"}`,
    `Authorization=${CANARY}`,
    `sent bearer ${CANARY}${CANARY} to x`,
    `password=${CANARY}`,
    `DB_PASSWORD=${CANARY} started`,
    `"db_password": "${CANARY} with blanks"`,
    `{\\"password\\":\\"${CANARY}\\"}`,
    `password: '${CANARY}'`,
    `passwd = ${CANARY}`,
    `api_key=${CANARY}&x=1`,
    `?access_token=${CANARY}&x=1`,
    `X-Api-Key: ${CANARY}`,
    `client_secret=${CANARY}`,
    `aws_secret_access_key = ${CANARY}`,
    `mysqld --password ${CANARY} --port 3306`,
    `Cookie: a=1; session=${CANARY}`,
    `Set-Cookie: sid=${CANARY}; HttpOnly`,
    `postgres://gianna:${CANARY}@db:5432/gianna`,
    `redis://:${CANARY}@cache:6379`,
    `key AKIA${'C4N4RY'.padEnd(16, '0')} denied`,
    `xoxb-1234-${CANARY}`,
    `xapp-1-A01-${CANARY}`,
    `ghp_${CANARY.repeat(6)}`,
    `github_pat_${CANARY.repeat(6)}`,
    `glpat-${CANARY.repeat(4)}`,
    `sk-proj-${CANARY.repeat(4)}`,
    `sk_live_${CANARY.repeat(4)}`,
    `AIza${CANARY.repeat(6)}`,
    `eyJhbGciOiJI.${CANARY}.${CANARY}`,
    `-----BEGIN RSA PRIVATE KEY-----\nMIIE${CANARY}\n-----END RSA PRIVATE KEY-----`,
    `-----BEGIN PRIVATE KEY-----\n${CANARY}`,
  ])('hides what is secret in %s', (text) => {
    const shown = redact(text);

    expect(shown.toLowerCase()).not.toContain(CANARY);
    expect(shown).toContain('[redacted]');
  });

  it.each([
    'GET /health 200 in 12 ms',
    'prompt_tokens=532 completion_tokens=12',
    'the password was wrong',
    'connecting to postgres://db:5432/gianna',
    'disk-usage at 91 % on /var',
    'token bucket is empty',
  ])('leaves %s as it is', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('comes to an end for long text of any kind', () => {
    const longest = [
      'password='.repeat(20_000),
      'a'.repeat(200_000),
      '://a:'.repeat(40_000),
      '-----BEGIN PRIVATE KEY-----'.repeat(5000),
      '"'.repeat(200_000),
    ];
    for (const text of longest) expect(redact(text).length).toBeGreaterThan(0);
  });
});
