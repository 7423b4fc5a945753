import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProcess, until } from '../support/process.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const STEPS = ['broken', 'alert', 'thread', 'ping', 'ack', 'diagnosis', 'restart', 'verified', 'recovered', 'resolved'];

describe('the demo', () => {
  /** A temporary folder of its own marks everything that the demo starts, whoever its parent is. */
  let mark: string;

  beforeEach(() => {
    mark = mkdtempSync(join(tmpdir(), 'gianna-drill-'));
  });
  afterEach(() => rmSync(mark, { recursive: true, force: true }));

  // tsx keeps its own cache there.
  const left = () => readdirSync(mark).filter((name) => name.startsWith('gianna'));

  it('plays one incident from alert to verified fix without hands, and leaves nothing behind', async () => {
    const before = gitStatus();

    const drill = startDemo(['--drill'], mark);
    const code = await ended(drill.child);

    expect(drill.output()).toContain('drill passed: 10 steps');
    expect(stepsIn(drill.output())).toEqual(STEPS);
    expect(code).toBe(0);
    expect(gitStatus()).toBe(before);
    expect(left()).toEqual([]);
    expect(await until('its processes are gone', () => processesOf(mark).length === 0)).toBe(true);
  });

  it('says what to open and what to try, and ends everything at Ctrl-C', async () => {
    const demo = startDemo([], mark);
    await until('the invitation', () => demo.output().includes('Ctrl-C ends everything'), 60_000);
    const slack = /Slack in your browser\s+(http:\S+)/.exec(demo.output())?.[1] ?? '';
    const page = await fetch(slack);
    const code = ended(demo.child);

    demo.child.kill('SIGINT');

    expect(page.ok).toBe(true);
    expect(await code).toBe(0);
    await expect(fetch(slack)).rejects.toThrow();
    expect(left()).toEqual([]);
    expect(await until('its processes are gone', () => processesOf(mark).length === 0)).toBe(true);
  });
});

function startDemo(argv: readonly string[], mark: string) {
  const env = { ...process.env, TMPDIR: mark };
  return startProcess(process.execPath, ['--import', 'tsx', 'demo/main.ts', ...argv], { cwd: repository, env });
}

function ended(child: ReturnType<typeof startDemo>['child']): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}

function stepsIn(output: string): string[] {
  return [...output.matchAll(/^\s*[\d.]+ s\s+([a-z]+)/gm)].map(([, step]) => String(step));
}

function gitStatus(): string {
  return execFileSync('git', ['status', '--porcelain'], { cwd: repository, encoding: 'utf8' });
}

/** Processes that carry the mark in their arguments or environment. */
function processesOf(mark: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const files = ['cmdline', 'environ'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'utf8'));
      return /^\d+$/.test(pid) && files.some((text) => text.includes(mark));
    } catch {
      return false;
    }
  });
}
