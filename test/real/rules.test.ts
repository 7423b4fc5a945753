import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { BOT_CHANNELS, BOT_USERS } from '../support/bot-config.ts';
import { type Bot, createBot } from '../support/bot-process.ts';
import { type LocalSlack, startLocalSlack } from '../support/local-slack.ts';
import { mayRun } from '../support/need.ts';
import { findCommand } from '../support/process.ts';

const run = promisify(execFile);
const RULES = fileURLToPath(new URL('../../config/prometheus/gianna-ops.yml', import.meta.url));
const RULE_TESTS = fileURLToPath(new URL('../fixtures/gianna-ops.rules.test.yml', import.meta.url));
const noPromtool = findCommand('promtool') === null ? 'promtool (Debian: prometheus)' : null;

interface Rule {
  readonly alert: string;
  readonly expr: string;
}
const rules = (parse(readFileSync(RULES, 'utf8')) as { groups: Array<{ rules: Rule[] }> }).groups.flatMap(
  (group) => group.rules,
);

describe.runIf(mayRun(noPromtool))('the alert rules for the bot itself, read by promtool', () => {
  it('are rules', async () => {
    const { stdout } = await run('promtool', ['check', 'rules', RULES]);

    expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`);
  });

  it('stay quiet before their time and fire after it, every one of them', async () => {
    const { stdout } = await run('promtool', ['test', 'rules', RULE_TESTS]);

    const written = readFileSync(RULE_TESTS, 'utf8');
    expect(stdout).toContain('SUCCESS');
    expect(rules.map(({ alert }) => alert).filter((alert) => !written.includes(`alertname: ${alert}\n`))).toEqual([]);
  });
});

describe('the alert rules for the bot itself, and the built bot', () => {
  let slack: LocalSlack;
  let bot: Bot;

  beforeAll(async () => {
    slack = await startLocalSlack({ users: BOT_USERS, channels: BOT_CHANNELS });
    bot = await createBot({ slackUrl: slack.url, env: { GIANNA_DEADMAN_URL: `${slack.url}/nobody` } });
    await bot.startReady();
  });
  afterAll(async () => {
    await bot?.remove();
    await slack?.stop();
  });

  it('name only metrics that it exposes', async () => {
    const metrics = await (await fetch(`${bot.url}/metrics`)).text();

    const named = new Set(rules.flatMap(({ expr }) => expr.match(/gianna_ops_[a-z_]+/g) ?? []));
    expect(named.size).toBeGreaterThan(10);
    expect([...named].filter((name) => !metrics.includes(`# TYPE ${name} `))).toEqual([]);
  });
});
