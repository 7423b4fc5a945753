import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/core/config/load.ts';
import { STEP_KINDS } from '../../../src/runbooks/steps/registry.ts';
import { EXAMPLES, EXAMPLES_ENV, editTexts, loadTexts, readTexts, SHIPPED } from './folder.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function temporaryFolder(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'gianna-config-'));
  folders.push(dir);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(dir, file), text);
  return dir;
}

describe('loading a configuration', () => {
  it('takes the shipped configuration without an error and with an empty environment', async () => {
    const { config, problems } = await loadConfig({ dir: SHIPPED, env: {}, steps: STEP_KINDS });

    expect(problems.filter((problem) => problem.severity === 'error')).toEqual([]);
    expect(config).not.toBeNull();
  });

  it('takes every example of the contract', async () => {
    const { config, problems } = await loadConfig({ dir: EXAMPLES, env: EXAMPLES_ENV, steps: STEP_KINDS });

    expect(problems.filter((problem) => problem.severity === 'error')).toEqual([]);
    expect(config).not.toBeNull();
  });

  it('says in warnings what it accepts and does not do yet', async () => {
    const { problems } = await loadConfig({ dir: EXAMPLES, env: EXAMPLES_ENV, steps: STEP_KINDS });

    expect(problems.map((problem) => `${problem.file} ${problem.path}`)).toEqual([
      'hosts.yml hosts.web-1.host_key',
      'hosts.yml services.gianna.maintenance',
      'jobs.yml jobs',
      'jobs.yml jobs.nightly-backup.runbook',
      'routes.yml routes[0].policy_contact',
      'severities.yml P0.levels[0].by',
      'severities.yml P0.levels[1].by',
      'severities.yml P0.levels[2].by',
      'severities.yml P0.levels[3].by',
    ]);
  });

  it('runs on the four examples that are enough, though their routes name what other files would hold', async () => {
    const texts = readTexts(EXAMPLES);
    for (const file of texts.keys()) if (!/^(slack|oncall|severities|routes)\.yml$/.test(file)) texts.delete(file);

    const { config, problems } = await loadTexts(texts);

    const told = problems.filter(({ message }) => message.startsWith('unknown'));
    expect(told.map(({ severity, path }) => `${severity} ${path}`)).toEqual([
      'warning routes[1].service',
      'warning routes[1].runbooks[0]',
    ]);
    expect(config?.routing.routes[1]).toMatchObject({ severity: 'P0', service: null, runbooks: [] });
  });

  it('keeps a message readable when a secret is a single letter', async () => {
    const { problems } = await loadConfig({
      dir: EXAMPLES,
      env: { ...EXAMPLES_ENV, GIANNA_ADMIN_TOKEN: 'e' },
      steps: STEP_KINDS,
    });

    expect(problems.map(({ message }) => message).join()).not.toContain('redacted');
  });

  it('runs on the four required files alone', async () => {
    const texts = readTexts(SHIPPED);
    for (const file of ['hosts.yml', 'probes.yml', 'runbooks/restart.yml']) texts.delete(file);
    const routes = 'routes: [{ match: {}, severity: P2 }]';

    const { config } = await loadTexts(texts.set('routes.yml', routes));

    expect(config?.services).toEqual({});
    expect(config?.routing.reopenWithinSeconds).toBe(1800);
    expect(config?.routing.watchdog).toEqual({ alertname: 'Watchdog', expectEverySeconds: 300, required: false });
  });

  it('names every required file that is missing, and tells a file that is nearly one', async () => {
    const dir = temporaryFolder({ 'route.yml': '{}', 'readme.yml': '{}', 'slack.yaml': '{}' });

    const { config, problems } = await loadConfig({ dir, env: {}, steps: STEP_KINDS });

    expect(config).toBeNull();
    expect(problems.map(({ file, severity, hint }) => [file, severity, hint])).toEqual([
      ['oncall.yml', 'error', null],
      ['route.yml', 'warning', 'did you mean "routes.yml"?'],
      ['routes.yml', 'error', null],
      ['severities.yml', 'error', null],
      ['slack.yaml', 'warning', 'did you mean "slack.yml"?'],
      ['slack.yml', 'error', null],
    ]);
  });

  it('says which folder cannot be read', async () => {
    const { config, problems } = await loadConfig({ dir: '/nonexistent/config', env: {}, steps: STEP_KINDS });

    expect(config).toBeNull();
    expect(problems[0]?.message).toContain('/nonexistent/config');
  });

  it('takes JSON, anchors and merges, which are YAML', async () => {
    const texts = readTexts(SHIPPED);
    texts.set('slack.yml', JSON.stringify({ channels: { ops: '#a', security: 'C0123456' } }));
    texts.set('probes.yml', 'probes:\n  a: &a { kind: tcp, host: localhost, port: 1 }\n  b: { <<: *a, port: 2 }\n');
    texts.delete('hosts.yml');
    texts.set('routes.yml', 'routes: [{ match: {}, severity: P2 }]');

    const { config, problems } = await loadTexts(texts);

    expect(problems.filter((problem) => problem.severity === 'error')).toEqual([]);
    expect(config?.probes.b).toEqual({
      kind: 'tcp',
      host: 'localhost',
      port: 2,
      everySeconds: null,
      timeoutSeconds: 5,
    });
    expect(config?.slack.channels).toEqual({ ops: '#a', security: 'C0123456' });
  });

  it('names a version that changes with any file and only then', async () => {
    const first = await loadTexts(readTexts(SHIPPED));
    const same = await loadTexts(readTexts(SHIPPED));
    const other = await loadTexts(editTexts(SHIPPED, [['runbooks/restart.yml', '90s', '91s']]));

    expect(same.version).toBe(first.version);
    expect(other.version).not.toBe(first.version);
  });

  it('resolves names from outside to nothing, whatever objects inherit', async () => {
    const { config } = await loadTexts(readTexts(SHIPPED));

    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      expect(config?.services[name]).toBeUndefined();
      expect(config?.slack.channels[name]).toBeUndefined();
    }
  });
});
