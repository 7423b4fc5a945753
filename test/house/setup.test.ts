import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('../..', import.meta.url));

describe('the set-up before every npm script', { timeout: 60_000 }, () => {
  let clone: string;

  beforeEach(() => {
    clone = mkdtempSync(join(tmpdir(), 'gianna-setup-'));
    mkdirSync(join(clone, 'scripts'));
    for (const kept of ['scripts/setup.mjs', 'package.json', 'package-lock.json']) {
      cpSync(join(repository, kept), join(clone, kept));
    }
  });
  afterEach(() => rmSync(clone, { recursive: true, force: true }));

  const setUp = (mode: string, env: NodeJS.ProcessEnv) => {
    const run = spawnSync(process.execPath, ['scripts/setup.mjs', mode], { cwd: clone, encoding: 'utf8', env });
    return { status: run.status, said: run.stderr };
  };

  it('says what is missing and what to type, and installs nothing, when it may not install', () => {
    const { status, said } = setUp('start', { PATH: process.env.PATH, GIANNA_NO_INSTALL: '1' });

    expect(status).toBe(1);
    expect(said).toContain('missing: all packages');
    expect(said).toContain('Type: npm ci');
  });

  it('notices packages that do not match the lock file', () => {
    symlinkSync(join(repository, 'node_modules'), join(clone, 'node_modules'));
    const lock = join(clone, 'package-lock.json');
    spawnSync('sed', ['-i', 's/"version": "10.4.0"/"version": "10.4.1"/', lock]);

    const { status, said } = setUp('dev', { PATH: process.env.PATH, GIANNA_NO_INSTALL: '1' });

    expect(status).toBe(1);
    expect(said).toContain('pino@10.4.1');
  });

  it('names the real servers that the tests lack, why, and the line to type', () => {
    symlinkSync(join(repository, 'node_modules'), join(clone, 'node_modules'));

    const { status, said } = setUp('test', { PATH: '/nonexistent', GIANNA_NO_INSTALL: '1' });

    expect(status).toBe(1);
    expect(said).toContain('redis-server (Redis probes)');
    expect(said).toContain('prometheus-alertmanager (alert delivery)');
    expect(said).toMatch(/Type: (sudo )?apt-get install -y --no-install-recommends .*redis-server/);
  });

  it('has nothing to say when everything is there', () => {
    symlinkSync(join(repository, 'node_modules'), join(clone, 'node_modules'));

    const { status, said } = setUp('dev', { PATH: process.env.PATH, GIANNA_NO_INSTALL: '1' });

    expect(said).toBe('');
    expect(status).toBe(0);
  });
});
