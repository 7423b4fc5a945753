import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('../..', import.meta.url));

describe('the import directions', { timeout: 180_000 }, () => {
  let copy: string;

  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'gianna-house-'));
    for (const kept of ['src', 'package.json', 'tsconfig.json', '.dependency-cruiser.cjs']) {
      cpSync(join(repository, kept), join(copy, kept), { recursive: true });
    }
    symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'));
  });
  afterEach(() => rmSync(copy, { recursive: true, force: true }));

  const cruise = () => {
    const run = spawnSync(
      process.execPath,
      [
        join(copy, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
        '--config',
        '.dependency-cruiser.cjs',
        'src',
      ],
      { cwd: copy, encoding: 'utf8' },
    );
    return { status: run.status, said: run.stdout + run.stderr };
  };

  it('hold in the tree as it is', () => {
    const { status, said } = cruise();

    expect(said).toContain('no dependency violations found');
    expect(status).toBe(0);
  });

  it('refuse an import upwards, a circle, a file that nobody imports, and a vendor SDK outside its edge', () => {
    appendFileSync(
      join(copy, 'src/alerts/incident.ts'),
      "\nimport { escapeMrkdwn } from '../bot/mrkdwn.ts';\nexport const upwards = escapeMrkdwn;\n",
    );
    appendFileSync(
      join(copy, 'src/core/json.ts'),
      "\nimport { parseDuration } from './duration.ts';\nexport const there = parseDuration;\n",
    );
    appendFileSync(
      join(copy, 'src/core/duration.ts'),
      "\nimport { canonicalJson } from './json.ts';\nexport const back = canonicalJson;\n",
    );
    writeFileSync(join(copy, 'src/core/planted.ts'), 'export const planted = 1;\n');
    appendFileSync(
      join(copy, 'src/oncall/schedule.ts'),
      "\nimport { WebClient } from '@slack/web-api';\nexport const client = WebClient;\n",
    );

    const { status, said } = cruise();

    expect(status).not.toBe(0);
    expect(said).toMatch(/alerts-imports-only-below: src\/alerts\/incident\.ts/);
    expect(said).toMatch(/no-circle: src\/core\/(json|duration)\.ts/);
    expect(said).toMatch(/(no-orphan|reachable-from-main)\S*: src\/core\/planted\.ts/);
    expect(said).toMatch(/slack-stays-at-its-edge: src\/oncall\/schedule\.ts/);
  });
});
