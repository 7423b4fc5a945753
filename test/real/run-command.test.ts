import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { createDrivers } from '../../src/hosts/inventory.ts';
import { createEffectRunner, type EffectRunner } from '../../src/journal/effects.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import type { Journal } from '../../src/journal/port.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createProbeMetrics } from '../../src/probes/metrics.ts';
import { createProbeRunner } from '../../src/probes/run.ts';
import { createRunEngine, type RunEngine } from '../../src/runbooks/engine.ts';
import { testConfig, testConfigSource } from '../support/config.ts';
import { startHttpService, type TestHttpService } from '../support/http-service.ts';
import { silentLogger } from '../support/journal.ts';
import { noDoors, noShells } from '../support/no-doors.ts';
import { trusting } from '../support/trusting.ts';

describe('a restart of a service that is started and stopped by commands', () => {
  let folder: string;
  let http: TestHttpService;
  let journal: Journal;
  let engine: RunEngine;
  let runner: EffectRunner;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gianna-command-'));
    const state = join(folder, 'state');
    writeFileSync(state, 'broken');
    http = await startHttpService((_request, response) => {
      const isWell = existsSync(state) && readFileSync(state, 'utf8') === 'well';
      response.writeHead(isWell ? 200 : 503).end();
    });
    const base = testConfig();
    const worker = base.services.worker;
    const health = base.probes['gianna-ready'];
    const restart = base.runbooks.restart;
    if (worker === undefined || health?.kind !== 'http' || restart === undefined) throw new Error('no such example');
    const driver = {
      kind: 'command',
      start: ['sh', '-c', 'printf well > "$0"; echo start >> "$0.log"', state],
      stop: ['rm', '-f', state],
      status: ['test', '-e', state],
    } as const;
    const steps = restart.steps.map((step) =>
      step.kind === 'wait' ? { ...step, with: { wait: { for: 'healthy', within: '5s', stable: '1s' } } } : step,
    );
    const config = testConfigSource({
      ...base,
      services: { worker: { ...worker, driver, probes: ['health'] } },
      probes: { health: { ...health, url: http.url } },
      runbooks: { restart: { ...restart, steps } },
    });
    const common = { config, clock: systemClock, logger: silentLogger };
    journal = await openSqliteJournal({ path: join(folder, 'journal.db'), clock: systemClock, logger: silentLogger });
    engine = createRunEngine({
      shellOf: noShells,
      doors: noDoors,
      ...trusting,
      ...common,
      journal,
      metrics: new Registry(),
      driverOf: createDrivers({ ...common, stateFolder: folder }),
      runProbes: createProbeRunner({ ...common, metrics: createProbeMetrics(new Registry()) }),
      incident: async () => null,
    });
    const metrics = createJournalMetrics(new Registry());
    const executors = { run: engine.executor };
    runner = createEffectRunner({ journal, clock: systemClock, logger: silentLogger, executors, metrics });
  });
  afterEach(async () => {
    await engine.stop();
    await runner.stop();
    await journal.close();
    await http.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('runs the commands once, as argv, and proves over HTTP that it helped', async () => {
    const args = { runbook: 'restart', parameters: { service: 'worker' } };
    const { batch } = await engine.command({ v: 1, verb: 'run', by: 'local', at: Date.now(), via: 'cli', args });
    if (batch !== null) await journal.append(batch);
    await runner.start();

    const run = await engine.waitFor('RUN-1');

    expect(run).toMatchObject({ status: 'succeeded', verdict: 'fixed' });
    expect(readFileSync(join(folder, 'state.log'), 'utf8')).toBe('start\n');
    expect(run.plan?.targets).toEqual([
      { host: 'local', service: 'worker', id: expect.stringMatching(/^command:[0-9a-f]{32}$/) },
    ]);
  });
});
