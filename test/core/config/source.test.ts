import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/core/config/load.ts';
import { createConfigSource, type ReloadableConfig } from '../../../src/core/config/source.ts';
import { STEP_KINDS } from '../../../src/runbooks/steps/registry.ts';
import { SHIPPED } from './folder.ts';

let dir: string;
let source: ReloadableConfig;
let learnt: string[];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'gianna-source-'));
  learnt = [];
  cpSync(SHIPPED, dir, { recursive: true });
  const { config } = await loadConfig({ dir, env: {}, steps: STEP_KINDS });
  if (config === null) throw new Error('the shipped configuration must load');
  const env = { AM_TOKEN: 'alertmanager-secret' };
  source = createConfigSource(config, {
    dir,
    env,
    steps: STEP_KINDS,
    learnSecrets: (secrets) => learnt.push(...secrets),
  });
});
afterEach(() => rmSync(dir, { recursive: true }));

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(join(dir, file), 'utf8');
  expect(text).toContain(from);
  writeFileSync(
    join(dir, file),
    text.replace(from, () => to),
  );
}

describe('reloading the configuration', () => {
  it('swaps it whole and says what differs, without a value', async () => {
    const before = source.current();
    edit('routes.yml', 'reopen_within: 30m', 'reopen_within: 1h');
    edit('routes.yml', 'url: http://127.0.0.1:9093', 'url: http://127.0.0.1:9093, auth: { bearer: "${AM_TOKEN}" }');
    edit('probes.yml', 'cache: ', 'redis-cache: ');
    edit('hosts.yml', 'probes: [cache]', 'probes: [redis-cache]');

    const reload = await source.reload();

    expect(reload).toMatchObject({
      kind: 'swapped',
      changes: [
        'added probes.redis-cache',
        'changed routing.alertmanager.auth',
        'changed routing.reopenWithinSeconds',
        'changed services.redis.probes',
        'removed probes.cache',
      ],
    });
    expect(JSON.stringify(reload)).not.toContain('alertmanager-secret');
    expect(learnt).toContain('alertmanager-secret');
    expect(source.current().routing.reopenWithinSeconds).toBe(3600);
    expect(source.current().version).not.toBe(before.version);
  });

  it('keeps the old one when the new one has an error, and says where', async () => {
    const before = source.current();
    edit('routes.yml', 'reopen_within: 30m', 'reopen_within: 1h');
    edit('slack.yml', 'language: en', 'langauge: en');

    const reload = await source.reload();

    expect(reload.kind).toBe('kept');
    expect(reload.problems).toContainEqual(expect.objectContaining({ file: 'slack.yml', path: 'langauge' }));
    expect(source.current()).toBe(before);
  });

  it('says that nothing differs when nothing does', async () => {
    expect(await source.reload()).toMatchObject({ kind: 'swapped', changes: [] });
  });

  it('takes several requests one after the other', async () => {
    edit('routes.yml', 'reopen_within: 30m', 'reopen_within: 1h');

    const [first, second] = await Promise.all([source.reload(), source.reload()]);

    expect(first).toMatchObject({ kind: 'swapped', changes: ['changed routing.reopenWithinSeconds'] });
    expect(second).toMatchObject({ kind: 'swapped', changes: [] });
  });
});
